// Right: a ring buffer of fixed size drops the oldest in one step under its
// mutex. The channel only wakes the reader up and carries no data.

package shiplog

import "sync"

type Ring struct {
	mu      sync.Mutex
	buf     []string
	head, n int
	dropped uint64
	wake    chan struct{}
}

func NewRing(size int) *Ring {
	return &Ring{buf: make([]string, size), wake: make(chan struct{}, 1)}
}

func (r *Ring) Push(line string) {
	r.mu.Lock()
	if r.n == len(r.buf) {
		r.head = (r.head + 1) % len(r.buf)
		r.n--
		r.dropped++
	}
	r.buf[(r.head+r.n)%len(r.buf)] = line
	r.n++
	r.mu.Unlock()

	select {
	case r.wake <- struct{}{}:
	default: // the reader has a wake-up waiting already
	}
}

// Take empties the ring and says how many lines were lost since the last time.
func (r *Ring) Take() (lines []string, dropped uint64) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for ; r.n > 0; r.n-- {
		lines = append(lines, r.buf[r.head])
		r.head = (r.head + 1) % len(r.buf)
	}
	dropped, r.dropped = r.dropped, 0
	return lines, dropped
}

func (r *Ring) Wake() <-chan struct{} { return r.wake }
