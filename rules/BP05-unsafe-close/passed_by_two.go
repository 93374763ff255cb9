// A method that goes round for ever is somebody's task, also where nobody in view starts it: beside who else calls, it
// passes the test as well. Two tests of one flag are no surer than one; a lock over test and close is.

package ferry

import (
	"errors"
	"sync"
)

var errSunk = errors.New("ferry: sunk")

type boat struct {
	docks chan string
	gone  chan struct{}
}

// Recall may come at any time.
func (b *boat) Recall() { b.leave() }

func (b *boat) leave() {
	select {
	case <-b.gone:
	default:
		close(b.gone) //~ BP05 high
	}
}

func (b *boat) sail(next func() (string, error)) {
	for {
		dock, err := next()
		if err != nil {
			b.leave()
			return
		}
		select {
		case b.docks <- dock:
		case <-b.gone:
			return
		}
	}
}

type raft struct {
	mu    sync.Mutex
	docks chan string
	gone  chan struct{}
}

// Recall may come at any time.
func (r *raft) Recall() { r.leave() }

func (r *raft) leave() {
	r.mu.Lock()
	defer r.mu.Unlock()
	select {
	case <-r.gone:
	default:
		close(r.gone)
	}
}

func (r *raft) sail(next func() (string, error)) {
	for {
		dock, err := next()
		if err != nil {
			r.leave()
			return
		}
		select {
		case r.docks <- dock:
		case <-r.gone:
			return
		}
	}
}

// Fleet is under way.
type Fleet struct {
	sunk bool
	home chan struct{}
}

// Sail sends every ship out.
func Sail(ships []func() error) *Fleet {
	f := &Fleet{home: make(chan struct{})}
	for _, ship := range ships {
		go f.watch(ship)
	}
	return f
}

func (f *Fleet) watch(ship func() error) {
	if err := ship(); errors.Is(err, errSunk) {
		f.end()
	}
}

func (f *Fleet) end() {
	if f.sunk {
		return
	}
	f.sunk = true
	close(f.home) //~ BP05 medium
}

// Recall ends what is under way.
func (f *Fleet) Recall() {
	if !f.sunk {
		f.sunk = true
		close(f.home) //~ BP05 low
	}
}
