// 1e6 is an untyped constant that fits int, so make takes it; the channel is generic.
package bus

import "context"

type Topic[T any] struct {
	in chan T
}

func NewTopic[T any]() *Topic[T] {
	return &Topic[T]{
		in: make(chan T, 1e6), //~ BP02 high
	}
}

func (t *Topic[T]) Publish(ctx context.Context, v T) error {
	select {
	case t.in <- v:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
