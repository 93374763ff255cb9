// A slice queue with a wait on both sides: Put waits while the queue is full, so the slice is bounded.
// The limit test is in a helper, and Close wakes everybody.
package thumbs

import "sync"

type queue struct {
	mu      sync.Mutex
	changed *sync.Cond
	images  []string
	limit   int
	closed  bool
}

func newQueue(limit int) *queue {
	q := &queue{limit: limit}
	q.changed = sync.NewCond(&q.mu)
	return q
}

func (q *queue) full() bool { return len(q.images) >= q.limit }

func (q *queue) Put(path string) bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	for q.full() && !q.closed {
		q.changed.Wait()
	}
	if q.closed {
		return false
	}
	q.images = append(q.images, path)
	q.changed.Broadcast()
	return true
}

func (q *queue) Get() (string, bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	for len(q.images) == 0 && !q.closed {
		q.changed.Wait()
	}
	if len(q.images) == 0 {
		return "", false
	}
	path := q.images[0]
	q.images[0] = ""
	q.images = q.images[1:]
	q.changed.Broadcast()
	return path, true
}

func (q *queue) Close() {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.closed = true
	q.changed.Broadcast()
}
