// stop waits for the loop while it holds the lock; the loop takes the same lock on its way out.
package sessions

import (
	"sync"
	"time"
)

type store struct {
	mu      sync.RWMutex
	open    bool
	byID    map[string]time.Time
	quit    chan struct{}
	stopped chan struct{}
}

func newStore(every time.Duration) *store {
	s := &store{
		open:    true,
		byID:    map[string]time.Time{},
		quit:    make(chan struct{}),
		stopped: make(chan struct{}),
	}
	go s.janitor(every)
	return s
}

func (s *store) janitor(every time.Duration) {
	defer close(s.stopped)
	defer func() { s.sweep(time.Now()) }()
	t := time.NewTicker(every)
	defer t.Stop()
	for {
		select {
		case now := <-t.C:
			s.sweep(now.Add(-time.Hour))
		case <-s.quit:
			return
		}
	}
}

func (s *store) sweep(before time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for id, seen := range s.byID {
		if seen.Before(before) {
			delete(s.byID, id)
		}
	}
}

func (s *store) stop() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.open {
		s.open = false
		close(s.quit)
		<-s.stopped //~ BP23 high
	}
}
