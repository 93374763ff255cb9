// Nobody can be on the other side: the channel is not known to anybody yet, the one who was to close it ignores it, or the caller drops it.
package depot

import (
	"context"
	"errors"
	"time"
)

// Check sends before it has given the channel away.
func Check(broken bool) <-chan error {
	failed := make(chan error)
	if broken {
		failed <- errors.New("broken") //~ BP22 high
	}
	return failed
}

// Prime has room for one of its two.
func Prime(first, second int) <-chan int {
	values := make(chan int, 1)
	values <- first
	values <- second //~ BP22 high
	return values
}

// Seed has room for all that it sends.
func Seed(first, second int) <-chan int {
	values := make(chan int, 2)
	values <- first
	values <- second
	return values
}

type watcher struct{ names []string }

func (w *watcher) drain(done chan struct{}) {
	for range w.names {
		w.names = w.names[1:]
	}
}

// Drain waits for somebody who was told of the channel and does nothing with it.
func (w *watcher) Drain() {
	done := make(chan struct{})
	go w.drain(done)
	<-done //~ BP22 high
}

// Serve waits on purpose, for ever.
func Serve(listen func()) {
	forever := make(chan struct{})
	go listen()
	<-forever
}

func async(work func() error) <-chan error {
	result := make(chan error)
	go func() {
		result <- work() //~ BP22 high
	}()
	return result
}

// Fire does not look at how it went.
func Fire(work func() error) {
	async(work)
}

func begin(work func() error) <-chan error {
	outcome := make(chan error)
	go func() {
		outcome <- work() //~ BP22 high
	}()
	return outcome
}

// Within leaves when its caller does.
func Within(ctx context.Context, work func() error) error {
	outcome := begin(work)
	select {
	case err := <-outcome:
		return err
	case <-ctx.Done():
		return ctx.Err()
	}
}

func attend(work func() error) <-chan error {
	ended := make(chan error)
	go func() {
		ended <- work()
	}()
	return ended
}

// Run stays until the work is done.
func Run(work func() error) error {
	return <-attend(work)
}

func roomy(work func() error) <-chan error {
	ended := make(chan error, 1)
	go func() {
		ended <- work()
	}()
	return ended
}

// Try leaves when its caller does; the one value has room.
func Try(ctx context.Context, work func() error) error {
	select {
	case err := <-roomy(work):
		return err
	case <-ctx.Done():
		return ctx.Err()
	}
}

type survey struct{ answers chan int }

func (s *survey) ask(ctx context.Context, number int) {
	select {
	case s.answers <- number:
	case <-ctx.Done():
	}
}

// Collect waits for as many answers as were asked for, though nobody gives one any more once its
// context ends.
func (s *survey) Collect(ctx context.Context, questions []int) int {
	for _, question := range questions {
		go s.ask(ctx, question)
	}
	total := 0
	for range questions {
		total += <-s.answers //~ BP22 medium
	}
	return total
}

// Newest answers with whatever came first, or not at all.
func (s *survey) Newest(ctx context.Context) int {
	select {
	case answer := <-s.answers:
		return answer
	case <-ctx.Done():
		return 0
	}
}

type crew struct{ tokens chan struct{} }

// Do takes a token and puts it back.
func (c *crew) Do(ctx context.Context, work func()) error {
	select {
	case c.tokens <- struct{}{}:
		defer func() { <-c.tokens }()
	case <-ctx.Done():
		return ctx.Err()
	}
	work()
	return nil
}

// Rest takes what is there when the end comes, and waits for nothing.
func (s *survey) Rest(ctx context.Context) (total int) {
	for len(s.answers) > 0 {
		total += <-s.answers
	}
	return total
}

// First gives the sign to stop by itself, and not while it waits.
func First(ctx context.Context, ask func() int) int {
	answers := make(chan int)
	enough := make(chan struct{})
	for range [3]int{} { //~ BP15 low
		go func() {
			select {
			case answers <- ask():
			case <-enough:
			}
		}()
	}
	first := <-answers
	close(enough)
	return first
}

// Rearm drains a timer, whose channel the runtime sends on.
func Rearm(timer *time.Timer) {
	var spare *time.Timer
	if timer == nil {
		spare = time.NewTimer(time.Second)
		timer = spare
	}
	if !timer.Stop() {
		<-timer.C
	}
}
