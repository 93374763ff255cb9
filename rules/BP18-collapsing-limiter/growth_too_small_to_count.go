// A share of a small whole number is nothing: below the divisor the growth adds none, and the floor is where it stays.
package hatch

import (
	"math"
	"sync"
	"sync/atomic"
)

const widest = 120

func least(limit, floor int) int {
	if limit < floor {
		return floor
	}
	return limit
}

func most(limit int) int {
	if limit > widest {
		return widest
	}
	return limit
}

// Hatch lets boats out, a tenth more when it goes well.
type Hatch struct {
	mu    sync.Mutex
	limit int
	out   int
}

// Open asks for a place.
func (h *Hatch) Open() bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.out >= h.limit {
		return false
	}
	h.out++
	return true
}

// Back is told how it went.
func (h *Hatch) Back(err error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.out--
	if err != nil {
		h.limit = least(h.limit/2, 3) //~ BP18 high
	} else {
		h.limit = most(h.limit * 11 / 10)
	}
}

// Ramp takes a third away, rounded down: two are left, and two and an eighth is two.
type Ramp struct {
	mu    sync.Mutex
	limit int
	on    int
}

func more(limit int) int { return limit + limit>>3 }

// Enter asks for a place.
func (r *Ramp) Enter() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.on >= r.limit {
		return false
	}
	r.on++
	return true
}

// Leave is told how it went.
func (r *Ramp) Leave(err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.on--
	if err != nil {
		r.limit -= r.limit / 3 //~ BP18 high
	} else if next := more(r.limit); next < widest {
		r.limit = next
	}
}

// Shaft has no floor: a third, rounded up, of one is one.
type Shaft struct {
	mu    sync.Mutex
	limit int
	down  int
}

// Enter asks for a place.
func (s *Shaft) Enter() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.down >= s.limit {
		return false
	}
	s.down++
	return true
}

// Leave is told how it went.
func (s *Shaft) Leave(err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.down--
	if err != nil {
		s.limit -= (s.limit + 2) / 3 //~ BP18 high
	} else {
		s.limit++
	}
}

// Ferry swaps in a loop, and is stuck all the same.
type Ferry struct{ limit atomic.Int64 }

// Takes reports whether one more fits.
func (f *Ferry) Takes(aboard int64) bool { return aboard < f.limit.Load() }

// Failed takes half away.
func (f *Ferry) Failed() {
	for {
		old := f.limit.Load()
		next := old / 2 //~ BP18 high
		if next < 5 {
			next = 5
		}
		if f.limit.CompareAndSwap(old, next) {
			return
		}
	}
}

// Landed gives a twentieth back.
func (f *Ferry) Landed() {
	for {
		old := f.limit.Load()
		next := old + old/20
		if next > widest {
			next = widest
		}
		if f.limit.CompareAndSwap(old, next) {
			return
		}
	}
}

// Right: the floor is no less than what grows by one.
type Slip struct {
	mu    sync.Mutex
	limit int
	on    int
}

// Enter asks for a place.
func (s *Slip) Enter() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.on >= s.limit {
		return false
	}
	s.on++
	return true
}

// Leave is told how it went.
func (s *Slip) Leave(err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.on--
	if err != nil {
		if s.limit /= 2; s.limit < 16 {
			s.limit = 16
		}
		return
	}
	if s.limit += s.limit / 16; s.limit > widest {
		s.limit = widest
	}
}

// Right: it is rounded up, or brought up by one.
type Quay struct {
	mu    sync.Mutex
	limit int
	at    int
}

// Enter asks for a place.
func (q *Quay) Enter() bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.at >= q.limit {
		return false
	}
	q.at++
	return true
}

// Leave is told how it went.
func (q *Quay) Leave(err error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.at--
	if err != nil {
		q.limit = least(q.limit/2, 2)
		return
	}
	q.limit = most(int(math.Ceil(float64(q.limit) * 1.1)))
}

// Right: what would stay is raised by one.
type Wharf struct {
	mu    sync.Mutex
	limit int
	at    int
}

// Enter asks for a place.
func (w *Wharf) Enter() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.at >= w.limit {
		return false
	}
	w.at++
	return true
}

// Leave is told how it went.
func (w *Wharf) Leave(err error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.at--
	if err != nil {
		w.limit = least(w.limit/2, 2)
		return
	}
	next := w.limit + w.limit/8
	if next == w.limit {
		next++
	}
	w.limit = most(next)
}
