// Right: the context that stops the receiver ends with the sender, the signal is the receiver's own, or nobody can have raised it yet.
package console

import (
	"context"
	"io"
)

// Repl passes on what is typed; its context ends when it returns.
func Repl(ask func() (string, error), show func(string)) error {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	typed := make(chan string)
	go echo(ctx, typed, show)
	for {
		in, err := ask()
		if err != nil {
			return err
		}
		typed <- in
	}
}

func echo(ctx context.Context, typed <-chan string, show func(string)) {
	for {
		select {
		case <-ctx.Done():
			return
		case t := <-typed:
			show(t)
		}
	}
}

// Sink writes what it is given until its input is closed.
type Sink struct {
	in      chan []byte
	stopped chan struct{}
}

// NewSink returns a running sink.
func NewSink(w io.Writer) *Sink {
	s := &Sink{in: make(chan []byte), stopped: make(chan struct{})}
	go s.run(w)
	return s
}

func (s *Sink) run(w io.Writer) {
	for {
		select {
		case b, ok := <-s.in:
			if !ok {
				close(s.stopped)
				return
			}
			if _, err := w.Write(b); err != nil {
				continue
			}
		case <-s.stopped:
			return
		}
	}
}

// Pour puts all there is into a sink of its own.
func Pour(w io.Writer, next func() []byte) {
	s := NewSink(w)
	for b := next(); b != nil; b = next() {
		s.in <- b
	}
	close(s.in)
}
