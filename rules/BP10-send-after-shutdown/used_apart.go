// Right, or no more than a question: only one branch runs after the make; whoever got the channel closes it; the next channel is there at once; the sender closes as it leaves; the wait for the group stands in a function that is handed on.
package depot

import (
	"context"
	"sync"
	"time"
)

func fill(out chan<- int) {
	for n := 0; n < 9; n++ {
		out <- n
	}
}

func fetch(out chan int) {
	close(out)
}

// Serve either fills by itself or is told that nothing comes.
func Serve(alone bool) int {
	jobs := make(chan int, 16)
	if alone {
		fill(jobs)
	} else {
		go fetch(jobs)
	}
	return len(jobs)
}

func openBin(limit int) (chan<- string, func()) {
	if limit == 0 {
		return nil, func() {}
	}
	bin := make(chan string, limit)
	var group sync.WaitGroup
	group.Add(1)
	go func() {
		defer group.Done()
		for range bin {
		}
	}()
	return bin, func() {
		close(bin)
		group.Wait()
	}
}

// Sweep throws away what it finds, and then waits.
func Sweep(names []string) {
	bin, wait := openBin(4)
	for _, name := range names {
		bin <- name //~ BP10 low
	}
	wait()
}

// Bell wakes one or all; callers hold L.
type Bell struct {
	L    sync.Locker
	ring chan struct{}
}

// One wakes one.
func (b *Bell) One() {
	select {
	case b.ring <- struct{}{}: //~ BP10 low
	default:
	}
}

// All wakes all.
func (b *Bell) All() {
	close(b.ring)
	b.ring = make(chan struct{})
}

// Watch tells of changes.
type Watch struct {
	changes chan int
}

// Run is the only sender.
func (w *Watch) Run(ctx context.Context, ticks <-chan int) {
	defer w.Close()
	for {
		select {
		case <-ctx.Done():
			return
		case tick := <-ticks:
			w.tell(ctx, tick)
		}
	}
}

func (w *Watch) tell(ctx context.Context, tick int) {
	select {
	case <-ctx.Done():
	case w.changes <- tick: //~ BP10 low
	}
}

// Close ends what listeners range over.
func (w *Watch) Close() {
	close(w.changes)
}

// Gather waits with patience.
func Gather(eventually func(func() bool, time.Duration)) int {
	results := make(chan int, 2)
	var group sync.WaitGroup
	for range [2]int{} {
		group.Add(1)
		go func() {
			defer group.Done()
			results <- 1
		}()
	}
	eventually(func() bool {
		group.Wait()
		return true
	}, time.Second)
	close(results)
	return len(results)
}

type token struct{}

// Ward passes a token to and fro: who holds it may close.
type Ward struct {
	turn chan token
	quit chan token
}

func newWard() *Ward {
	return &Ward{turn: make(chan token, 1), quit: make(chan token)}
}

func (w *Ward) watch(retry func() bool) {
	for range w.turn {
		select {
		case <-w.quit:
			close(w.turn)
		default:
			if retry() {
				w.turn <- token{}
			}
		}
	}
}

func (w *Ward) release() {
	w.turn <- token{} //~ BP10 low
}
