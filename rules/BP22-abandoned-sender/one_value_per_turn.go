// Right: each turn starts one task and takes its one value before the next; and a reader that sends once, then leaves its loop.
package probe

import (
	"bufio"
	"context"
	"io"
)

// First asks again until an answer is good; one answer at most is under way, and there is room for it.
func First(ctx context.Context, ask func(context.Context) error) error {
	answers := make(chan error, 1)
	for {
		go func() { answers <- ask(ctx) }()
		select {
		case err := <-answers:
			if err == nil {
				return nil
			}
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// Follow reads lines until the first that is refused, or until the end.
func Follow(ctx context.Context, src io.Reader, accept func(string) error) error {
	done := make(chan error, 1)
	go func() {
		lines := bufio.NewScanner(src)
		for lines.Scan() {
			if err := accept(lines.Text()); err != nil {
				done <- err
				return
			}
		}
		done <- lines.Err()
	}()
	select {
	case err := <-done:
		return err
	case <-ctx.Done():
		return ctx.Err()
	}
}
