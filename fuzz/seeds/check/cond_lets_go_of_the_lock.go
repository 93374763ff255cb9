// Right: Cond.Wait releases the lock while it waits, so a bounded buffer may wait for room and for items under one mutex.
package ring

import "sync"

type ring struct {
	mu     sync.Mutex
	moved  *sync.Cond
	items  []string
	head   int
	count  int
	closed bool
}

func newRing(n int) *ring {
	r := &ring{items: make([]string, n)}
	r.moved = sync.NewCond(&r.mu)
	return r
}

func (r *ring) put(s string) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	for r.count == len(r.items) && !r.closed {
		r.moved.Wait()
	}
	if r.closed {
		return false
	}
	r.items[(r.head+r.count)%len(r.items)] = s
	r.count++
	r.moved.Broadcast()
	return true
}

func (r *ring) get() (string, bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for r.count == 0 && !r.closed {
		r.moved.Wait()
	}
	if r.count == 0 {
		return "", false
	}
	s := r.items[r.head]
	r.head = (r.head + 1) % len(r.items)
	r.count--
	r.moved.Broadcast()
	return s, true
}

func (r *ring) close() {
	r.mu.Lock()
	r.closed = true
	r.mu.Unlock()
	r.moved.Broadcast()
}
