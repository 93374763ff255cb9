// Right: one caller wins the swap and closes; publishers never touch a closed channel, since only the done channel is closed.
package quotes

import (
	"context"
	"errors"
	"sync/atomic"
)

// ErrClosed is what publishers get after Close.
var ErrClosed = errors.New("quotes: book closed")

// Book hands quotes of any type from publishers to one reader.
type Book[Q any] struct {
	state  uint32
	closed chan struct{}
	in     chan Q
}

// NewBook returns an open book.
func NewBook[Q any]() *Book[Q] {
	return &Book[Q]{closed: make(chan struct{}), in: make(chan Q)}
}

// Publish waits for the reader, the context or the end of the book.
func (b *Book[Q]) Publish(ctx context.Context, q Q) error {
	select {
	case b.in <- q:
		return nil
	case <-b.closed:
		return ErrClosed
	case <-ctx.Done():
		return ctx.Err()
	}
}

// Read calls f for each quote until the book is closed.
func (b *Book[Q]) Read(f func(Q)) {
	for {
		select {
		case q := <-b.in:
			f(q)
		case <-b.closed:
			return
		}
	}
}

// Close may be called by anyone, any number of times.
func (b *Book[Q]) Close() {
	if atomic.SwapUint32(&b.state, 1) == 0 {
		close(b.closed)
	}
}
