// The channel is a field of a small struct that is made in one function and handed to another. What
// another arm of the select waits for before it returns is not waited for where the channel is closed.
package corner

import (
	"context"
	"errors"
)

type pipes struct {
	words  chan string
	failed chan error
}

type source interface {
	Next() (string, error)
}

func listen(ctx context.Context, from source, enough <-chan struct{}, say func(string)) error {
	p := pipes{words: make(chan string), failed: make(chan error, 1)}
	go hear(ctx, from, p)
	for {
		select {
		case w := <-p.words:
			say(w)
		case err := <-p.failed:
			return err
		case <-enough:
			close(p.words) //~ BP13 high
			return errors.New("enough")
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

func hear(ctx context.Context, from source, p pipes) {
	for {
		w, err := from.Next()
		if err != nil {
			p.failed <- err
			return
		}
		select {
		case p.words <- w:
		case <-ctx.Done():
			return
		}
	}
}

type lines struct {
	texts chan string
	over  chan error
}

// The sender has ended when it has said so: then nobody sends any more.
func read(ctx context.Context, from source, say func(string)) error {
	l := lines{texts: make(chan string), over: make(chan error, 1)}
	go fill(ctx, from, l)
	for {
		select {
		case t := <-l.texts:
			say(t)
		case err := <-l.over:
			close(l.texts)
			return err
		}
	}
}

func fill(ctx context.Context, from source, l lines) {
	for {
		t, err := from.Next()
		if err != nil {
			l.over <- err
			return
		}
		select {
		case l.texts <- t:
		case <-ctx.Done():
			l.over <- ctx.Err()
			return
		}
	}
}
