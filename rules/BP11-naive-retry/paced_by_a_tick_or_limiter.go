// A ticker paces the question, and a limiter inside the call paces its repeats:
// the second is worth a look at most.

package batch

import (
	"context"
	"errors"
	"time"
)

type Limiter interface {
	Wait(ctx context.Context, cost int) error
}

type Backend interface {
	Serving(ctx context.Context) error
	Apply(ctx context.Context, job string) error
}

var errTimeout = errors.New("not up in time")

func Up(ctx context.Context, b Backend) error {
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	end := time.NewTimer(time.Minute)
	defer end.Stop()
	for {
		select {
		case <-end.C:
			return errTimeout
		case <-tick.C:
			if err := b.Serving(ctx); err == nil {
				return nil
			}
		default:
			time.Sleep(100 * time.Millisecond)
		}
	}
}

type Worker struct {
	backend  Backend
	limiter  Limiter
	attempts int
}

func (w *Worker) Run(ctx context.Context, job string) error {
	var err error
	for attempt := 0; attempt < w.attempts; attempt++ { //~ BP11 low
		if err = w.once(ctx, job); err == nil {
			return nil
		}
	}
	return err
}

func (w *Worker) once(ctx context.Context, job string) error {
	if err := w.limiter.Wait(ctx, 1); err != nil {
		return err
	}
	err := w.backend.Apply(ctx, job)
	return err
}
