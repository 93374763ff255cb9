// Who is let in by a question for room that keeps no place, under a lock that is let go again, may find none. Where the
// question counts who is let in, there is a place for each.

package ward

import (
	"errors"
	"sync"
)

// ErrFull is what comes back where there is no bed.
var ErrFull = errors.New("ward: full")

// Ward has beds.
type Ward struct {
	mu     sync.Mutex
	closed bool
	beds   chan string
}

// Admit says no when all beds are taken.
func (w *Ward) Admit(name string, urgent bool) error {
	fits, err := w.fits(urgent)
	if !fits { //~ BP08 medium
		return err
	}
	w.beds <- name
	return nil
}

func (w *Ward) fits(urgent bool) (bool, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.closed {
		return false, nil
	}
	limit := cap(w.beds)
	if !urgent {
		limit--
	}
	if len(w.beds) >= limit {
		return false, ErrFull
	}
	return true, nil
}

// Tent has beds, too, and a list of who is on the way to them.
type Tent struct {
	mu       sync.Mutex
	expected int
	beds     chan string
}

// Admit says no when all beds are taken or promised.
func (t *Tent) Admit(name string) error {
	if !t.promise() {
		return ErrFull
	}
	t.beds <- name
	t.mu.Lock()
	t.expected--
	t.mu.Unlock()
	return nil
}

func (t *Tent) promise() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	if len(t.beds)+t.expected >= cap(t.beds) {
		return false
	}
	t.expected++
	return true
}
