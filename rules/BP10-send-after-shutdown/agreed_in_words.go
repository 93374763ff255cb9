// Who may close is written down, by the name of what sends. A remark that binds nobody changes nothing.
package corner

import "context"

type frames struct {
	queue chan int
}

func newFrames() *frames { return &frames{queue: make(chan int, 8)} }

// Push hands a frame over.
func (f *frames) Push(ctx context.Context, n int) error {
	select {
	case f.queue <- n: //~ BP10 low
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// End says that no frame follows. Only the goroutine that calls Push may call it, and once.
func (f *frames) End() { close(f.queue) }

func (f *frames) Each(use func(int)) {
	for n := range f.queue {
		use(n)
	}
}

type tones struct {
	queue chan int
}

func newTones() *tones { return &tones{queue: make(chan int, 8)} }

// Push hands a tone over.
func (t *tones) Push(ctx context.Context, n int) error {
	select {
	case t.queue <- n: //~ BP10 high
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// End stops what Push feeds.
func (t *tones) End() { close(t.queue) }

func (t *tones) Each(use func(int)) {
	for n := range t.queue {
		use(n)
	}
}
