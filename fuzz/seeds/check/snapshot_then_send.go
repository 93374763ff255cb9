// Right: the list of subscribers is copied under a read lock, the lock is released, and only then does anything block.
package broadcast

import (
	"context"
	"sync"
)

// Hub sends each value to every subscriber.
type Hub[T any] struct {
	mu   sync.RWMutex
	subs map[int]chan T
	next int
}

// Subscribe returns a channel and the function that ends the subscription.
func (h *Hub[T]) Subscribe() (<-chan T, func()) {
	ch := make(chan T)
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.subs == nil {
		h.subs = map[int]chan T{}
	}
	id := h.next
	h.next++
	h.subs[id] = ch
	return ch, func() {
		h.mu.Lock()
		delete(h.subs, id)
		h.mu.Unlock()
	}
}

// Send waits for each subscriber in turn, as long as the context allows.
func (h *Hub[T]) Send(ctx context.Context, v T) error {
	h.mu.RLock()
	targets := make([]chan T, 0, len(h.subs))
	for _, ch := range h.subs {
		targets = append(targets, ch)
	}
	h.mu.RUnlock()
	for _, ch := range targets {
		select {
		case ch <- v:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return nil
}
