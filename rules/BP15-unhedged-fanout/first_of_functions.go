// Functions that take a context and can fail are calls to somebody, whoever they are. A look at what is there, which
// waits for nothing, is no second answer that is taken.
package corner

import (
	"context"
	"sync"
)

func fetch[T any](ctx context.Context, calls ...func(context.Context) (T, error)) (T, error) {
	var (
		once  sync.Once
		found T
		won   = make(chan struct{})
		lost  = make(chan struct{})
		open  sync.WaitGroup
		none  T
	)
	for _, call := range calls { //~ BP15 medium
		open.Add(1)
		go func(call func(context.Context) (T, error)) {
			defer open.Done()
			got, err := call(ctx)
			if err != nil {
				return
			}
			once.Do(func() {
				found = got
				close(won)
			})
		}(call)
	}
	go func() {
		open.Wait()
		close(lost)
	}()
	select {
	case <-won:
		return found, nil
	case <-lost:
	case <-ctx.Done():
		return none, ctx.Err()
	}
	select {
	case <-won:
		return found, nil
	default:
		return none, context.Canceled
	}
}

// All of them are waited for.
func gather[T any](ctx context.Context, calls ...func(context.Context) (T, error)) []T {
	var (
		mu   sync.Mutex
		all  []T
		open sync.WaitGroup
	)
	for _, call := range calls {
		open.Add(1)
		go func(call func(context.Context) (T, error)) {
			defer open.Done()
			if got, err := call(ctx); err == nil {
				mu.Lock()
				all = append(all, got)
				mu.Unlock()
			}
		}(call)
	}
	open.Wait()
	return all
}
