// Right: Stop sets the flag under the lock that senders hold over test and send. Once it has had the lock, nobody is left to send.
package spool

import "sync"

// Spool takes lines for a writer.
type Spool struct {
	mu      sync.RWMutex
	stopped bool
	lines   chan string
}

// Put says whether the line was taken.
func (s *Spool) Put(line string) bool {
	s.mu.RLock()
	defer s.mu.RUnlock()
	if s.stopped {
		return false
	}
	select {
	case s.lines <- line:
		return true
	default:
		return false
	}
}

// Stop lets the writer end after what was taken.
func (s *Spool) Stop() {
	s.mu.Lock()
	was := s.stopped
	s.stopped = true
	s.mu.Unlock()
	if !was {
		close(s.lines)
	}
}
