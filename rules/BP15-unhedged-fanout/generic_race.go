// A generic race over functions. What they ask is out of view, the name says
// that one answer is enough.

package race

import (
	"context"
	"errors"
)

type outcome[T any] struct {
	value T
	err   error
}

func Race[T any](ctx context.Context, contenders ...func(context.Context) (T, error)) (T, error) {
	results := make(chan outcome[T], len(contenders))
	for _, run := range contenders { //~ BP15 medium
		run := run
		go func() {
			v, err := run(ctx)
			results <- outcome[T]{v, err}
		}()
	}
	var zero T
	err := errors.New("nothing to race")
	for range contenders {
		select {
		case r := <-results:
			if r.err == nil {
				return r.value, nil
			}
			err = r.err
		case <-ctx.Done():
			return zero, ctx.Err()
		}
	}
	return zero, err
}
