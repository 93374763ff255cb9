// Right: both ways to the end close what is in the list and then drop the list; the second finds it empty.
package notify

import "sync"

type hub struct {
	mu        sync.Mutex
	listeners []chan struct{}
}

func (h *hub) add() <-chan struct{} {
	h.mu.Lock()
	defer h.mu.Unlock()
	l := make(chan struct{})
	h.listeners = append(h.listeners, l)
	return l
}

// wake and end are called with the lock held, by code of other packages.
func (h *hub) wake() {
	for _, l := range h.listeners {
		close(l)
	}
	h.listeners = nil
}

func (h *hub) end() {
	for _, l := range h.listeners {
		close(l)
	}
	h.listeners = nil
}
