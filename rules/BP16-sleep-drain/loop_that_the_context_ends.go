// A loop that only the end of the context leaves has heard it when it returns; the sleep behind it, in a
// helper, stands for the jobs that still run. A loop that a failure leaves as well says nothing of a stop.
package sweep

import (
	"context"
	"errors"
	"os"
	"time"
)

type sweeper struct {
	dirs chan string
}

func (s *sweeper) serve(ctx context.Context) {
	for {
		select {
		case dir := <-s.dirs:
			_ = os.Remove(dir)
		case <-ctx.Done():
			return
		}
	}
}

func (s *sweeper) attempt(ctx context.Context) error {
	for {
		select {
		case dir := <-s.dirs:
			if err := os.Remove(dir); err != nil {
				return err
			}
		case <-ctx.Done():
			return errors.New("over")
		}
	}
}

func rest(d time.Duration) {
	time.Sleep(d) //~ BP16 high
}

func (s *sweeper) run(ctx context.Context) error {
	s.serve(ctx)
	rest(3 * time.Second)
	return os.RemoveAll("/tmp/sweep")
}

func (s *sweeper) runTwice(ctx context.Context) error {
	_ = s.attempt(ctx)
	time.Sleep(time.Second)
	return s.attempt(ctx)
}
