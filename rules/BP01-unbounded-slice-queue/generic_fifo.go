// A generic queue that takes by copy-down: the array is reused, the length still has no limit.
// The length test in Shift is about emptiness, not about a bound.
package queue

import "sync"

type fifo[T any] struct {
	sync.Mutex
	buf []T
}

func (f *fifo[T]) Append(vs ...T) {
	f.Lock()
	f.buf = append(f.buf, vs...) //~ BP01 high
	f.Unlock()
}

func (f *fifo[T]) Shift() (v T, ok bool) {
	f.Lock()
	defer f.Unlock()
	n := len(f.buf)
	if n == 0 {
		return v, false
	}
	v = f.buf[0]
	copy(f.buf, f.buf[1:])
	var zero T
	f.buf[n-1] = zero
	f.buf = f.buf[:n-1]
	return v, true
}

type webhookQueue struct {
	events fifo[string]
}

func (q *webhookQueue) Accept(body string)   { q.events.Append(body) }
func (q *webhookQueue) Take() (string, bool) { return q.events.Shift() }
