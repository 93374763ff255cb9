// Right: the mutex that a nameless struct takes over is held over test and send, and over flag and close; a helper says by its name that its callers hold it.
package relay

import (
	"log"
	"sync"
)

// Relay keeps the latest state for its loop.
type Relay struct {
	latest struct {
		sync.Mutex
		states chan int
		closed bool
	}
}

// Put replaces what was not taken.
func (r *Relay) Put(state int) {
	r.latest.Lock()
	defer r.latest.Unlock()
	if r.latest.closed {
		return
	}
	select {
	case <-r.latest.states:
	default:
	}
	r.latest.states <- state
}

// Stop ends the loop.
func (r *Relay) Stop() {
	r.latest.Lock()
	defer r.latest.Unlock()
	if r.latest.closed {
		return
	}
	r.latest.closed = true
	close(r.latest.states)
}

// Journal writes what was noted.
type Journal struct {
	mu    sync.Mutex
	notes chan string
	last  string
	stop  func()
}

// Open must come first.
func (j *Journal) Open() {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.notes = make(chan string, 8)
	j.stop = func() {
		j.flushLocked()
		close(j.notes)
		j.notes = nil
	}
}

func (j *Journal) flushLocked() {
	if j.notes != nil {
		select {
		case j.notes <- j.last:
		default:
			log.Printf("journal is full, lost %q", j.last)
		}
	}
}

// Note keeps a line.
func (j *Journal) Note(line string) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.flushLocked()
	j.last = line
}
