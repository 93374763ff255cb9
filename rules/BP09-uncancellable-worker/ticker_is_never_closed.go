// Stop on a ticker does not close its channel: the range below outlives Close, once per registry that was ever made.
package sessions

import (
	"sync"
	"time"
)

// Registry forgets sessions that have not been seen for a while.
type Registry struct {
	mu    sync.Mutex
	seen  map[string]time.Time
	sweep *time.Ticker
}

// New starts the sweeping in the background.
func New(every time.Duration) *Registry {
	r := &Registry{seen: map[string]time.Time{}, sweep: time.NewTicker(every)}
	go func() {
		for now := range r.sweep.C { //~ BP09 high
			r.mu.Lock()
			for id, at := range r.seen {
				if now.Sub(at) > time.Hour {
					delete(r.seen, id)
				}
			}
			r.mu.Unlock()
		}
	}()
	return r
}

// Touch notes that a session is alive.
func (r *Registry) Touch(id string) {
	r.mu.Lock()
	r.seen[id] = time.Now()
	r.mu.Unlock()
}

// Close ends the sweeping, or so its author thought.
func (r *Registry) Close() {
	r.sweep.Stop()
}
