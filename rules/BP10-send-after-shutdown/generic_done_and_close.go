// The done channel is closed first and even tested first; the select behind that test may still take its send arm on the closed queue.
package pool

import (
	"context"
	"errors"
	"sync"
)

// ErrStopped is returned once Stop has been called.
var ErrStopped = errors.New("pool: stopped")

// Pool runs tasks of one type.
type Pool[T any] struct {
	tasks chan T
	quit  chan struct{}
	stop  sync.Once
	wg    sync.WaitGroup
}

// Start runs n workers.
func (p *Pool[T]) Start(n int, run func(T)) {
	for i := 0; i < n; i++ {
		p.wg.Add(1)
		go func() {
			defer p.wg.Done()
			for t := range p.tasks {
				run(t)
			}
		}()
	}
}

// Submit waits for a worker.
func (p *Pool[T]) Submit(ctx context.Context, t T) error {
	select {
	case <-p.quit:
		return ErrStopped
	default:
	}
	select {
	case p.tasks <- t: //~ BP10 high
		return nil
	case <-p.quit:
		return ErrStopped
	case <-ctx.Done():
		return ctx.Err()
	}
}

// Stop ends the workers.
func (p *Pool[T]) Stop() {
	p.stop.Do(func() {
		close(p.quit)
		close(p.tasks)
	})
	p.wg.Wait()
}
