// One divided by the limit in whole numbers is nothing: what looks like a raise adds none.
package doors

import (
	"context"
	"errors"
	"sync"
)

const (
	fewest = 2
	most   = 64
	raise  = 1
)

// Doors lets in as many as it has places.
type Doors struct {
	mu     sync.Mutex
	limit  int
	inside int
}

func between(n int) int {
	switch {
	case n < fewest:
		return fewest
	case n > most:
		return most
	}
	return n
}

// In asks for a place.
func (d *Doors) In() bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.inside >= d.limit {
		return false
	}
	d.inside++
	return true
}

// Out is told how it went.
func (d *Doors) Out(err error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.inside--
	if errors.Is(err, context.DeadlineExceeded) {
		d.limit = between(d.limit / 2) //~ BP18 high
	} else {
		d.limit = between(d.limit + raise/d.limit)
	}
}

// Gates does it in parts of a place.
type Gates struct {
	mu     sync.Mutex
	limit  float64
	inside int
}

func within(limit float64) float64 {
	if limit < fewest {
		return fewest
	}
	if limit > most {
		return most
	}
	return limit
}

// In asks for a place.
func (g *Gates) In() bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.inside >= int(g.limit) {
		return false
	}
	g.inside++
	return true
}

// Out is told how it went.
func (g *Gates) Out(err error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.inside--
	if errors.Is(err, context.DeadlineExceeded) {
		g.limit = within(g.limit / 2)
	} else {
		g.limit = within(g.limit + raise/g.limit)
	}
}
