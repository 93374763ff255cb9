// Right: cut and raise both go through a setter that holds the lock and keeps
// the value between its bounds.

package mailout

import "sync"

type Concurrency struct {
	mu       sync.Mutex
	limit    float64
	low, top float64
}

func NewConcurrency(low, top float64) *Concurrency {
	return &Concurrency{limit: top, low: low, top: top}
}

func (c *Concurrency) scale(factor, plus float64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.limit = c.clamp(c.limit*factor + plus)
}

func (c *Concurrency) clamp(v float64) float64 {
	switch {
	case v < c.low:
		return c.low
	case v > c.top:
		return c.top
	}
	return v
}

func (c *Concurrency) Deferred() { c.scale(0.5, 0) }

func (c *Concurrency) Accepted() { c.scale(1, 0.25) }

func (c *Concurrency) Limit() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return int(c.limit)
}
