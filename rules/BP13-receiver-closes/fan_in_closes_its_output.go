// Right: the function ranges over its inputs and closes its output, on which only the goroutines that it waited for have sent.
package fanin

import (
	"context"
	"sync"
)

func forward[T any](ctx context.Context, in <-chan T, out chan<- T) {
	for {
		select {
		case v, ok := <-in:
			if !ok {
				return
			}
			select {
			case out <- v:
			case <-ctx.Done():
				return
			}
		case <-ctx.Done():
			return
		}
	}
}

// Merge gives the values of all inputs until they are closed or the context ends.
func Merge[T any](ctx context.Context, inputs ...<-chan T) <-chan T {
	out := make(chan T)
	var wg sync.WaitGroup
	wg.Add(len(inputs))
	for _, in := range inputs {
		go func(in <-chan T) {
			defer wg.Done()
			forward(ctx, in, out)
		}(in)
	}
	go func() {
		wg.Wait()
		close(out)
	}()
	return out
}
