// The try to send stands in a function of its own, and the loop takes one out until it got through.
// Behind one lock, or with a bounded number of tries, nothing is wrong.
package mirror

import "sync"

type Mirror[T any] struct {
	newest chan T
	guard  sync.Mutex
}

func New[T any](room int) *Mirror[T] {
	return &Mirror[T]{newest: make(chan T, room)}
}

func (m *Mirror[T]) Newest() <-chan T { return m.newest }

func (m *Mirror[T]) offer(value T) bool {
	select {
	case m.newest <- value:
		return true
	default:
		return false
	}
}

func (m *Mirror[T]) Show(value T) int {
	lost := 0
	for !m.offer(value) { //~ BP17 medium
		select {
		case <-m.newest:
			lost++
		default:
		}
	}
	return lost
}

type Quiet struct {
	newest chan int
	guard  sync.Mutex
}

func NewQuiet(room int) *Quiet { return &Quiet{newest: make(chan int, room)} }

func (q *Quiet) Newest() <-chan int { return q.newest }

func (q *Quiet) offer(value int) bool {
	select {
	case q.newest <- value:
		return true
	default:
		return false
	}
}

func (q *Quiet) Show(value int) int {
	q.guard.Lock()
	defer q.guard.Unlock()
	lost := 0
	for !q.offer(value) {
		select {
		case <-q.newest:
			lost++
		default:
		}
	}
	return lost
}
