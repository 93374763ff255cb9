// Nothing here deadlocks by itself; but as long as the reader of Out is slow, Last stands still with Set. Context or not.
package gauge

import (
	"context"
	"sync"
)

// Gauge is a value and the stream of its changes.
type Gauge struct {
	mu   sync.Mutex
	last float64
	out  chan float64
}

// New returns a gauge; its stream has no room.
func New() *Gauge {
	return &Gauge{out: make(chan float64)}
}

// Out is the stream of changes.
func (g *Gauge) Out() <-chan float64 { return g.out }

// Set stores the value and passes it on.
func (g *Gauge) Set(ctx context.Context, v float64) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.last = v
	select { //~ BP23 medium
	case g.out <- v:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// Last returns the stored value.
func (g *Gauge) Last() float64 {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.last
}
