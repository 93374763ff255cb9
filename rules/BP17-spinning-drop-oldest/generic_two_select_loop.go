// A generic queue that any goroutine may put into: make room, try again, with
// nothing that keeps the next producer from taking the room.

package dropq

import "sync/atomic"

type Queue[T any] struct {
	items chan T
	lost  atomic.Uint64
}

func New[T any](size int) *Queue[T] {
	return &Queue[T]{items: make(chan T, size)}
}

// Put never refuses: the oldest item makes way.
func (q *Queue[T]) Put(item T) {
	for done := false; !done; { //~ BP17 medium
		select {
		case q.items <- item:
			done = true
		default:
			q.evict()
		}
	}
}

func (q *Queue[T]) evict() {
	select {
	case <-q.items:
		q.lost.Add(1)
	default:
	}
}

func (q *Queue[T]) Items() <-chan T { return q.items }

func (q *Queue[T]) Lost() uint64 { return q.lost.Load() }
