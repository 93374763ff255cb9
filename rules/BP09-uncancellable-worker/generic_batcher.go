// Right: a generic worker whose input is closed through an alias by the method that also waits for it; senders are kept out by the lock.
package batch

import (
	"errors"
	"sync"
)

// ErrRefused is returned after Close and when the batcher is behind.
var ErrRefused = errors.New("batch: refused")

// Batcher collects items of one type.
type Batcher[T any] struct {
	mu     sync.RWMutex
	closed bool
	in     chan T
	ended  chan struct{}
}

// New starts a batcher that holds up to room items.
func New[T any](room int, write func(T)) *Batcher[T] {
	b := &Batcher[T]{in: make(chan T, room), ended: make(chan struct{})}
	go func(items <-chan T) {
		defer close(b.ended)
		for it := range items {
			write(it)
		}
	}(b.in)
	return b
}

// Add queues one item or refuses it.
func (b *Batcher[T]) Add(it T) error {
	b.mu.RLock()
	defer b.mu.RUnlock()
	if b.closed {
		return ErrRefused
	}
	select {
	case b.in <- it:
		return nil
	default:
		return ErrRefused
	}
}

// Close writes what is queued and returns.
func (b *Batcher[T]) Close() {
	b.mu.Lock()
	if in := b.in; !b.closed {
		b.closed = true
		close(in)
	}
	b.mu.Unlock()
	<-b.ended
}
