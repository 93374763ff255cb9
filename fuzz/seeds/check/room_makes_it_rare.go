// The channel has room, so the send under the lock blocks only when the flusher is far behind; worth a look, not more.
package counters

import "sync"

const backlog = 512

type delta struct {
	name string
	by   int64
}

// Counters keeps totals and passes every change on.
type Counters struct {
	mu     sync.Mutex
	totals map[string]int64
	deltas chan delta
}

// New returns empty counters.
func New() *Counters {
	return &Counters{totals: map[string]int64{}, deltas: make(chan delta, backlog)}
}

// Deltas is read by the flusher.
func (c *Counters) Deltas() <-chan delta { return c.deltas }

// Add changes one counter.
func (c *Counters) Add(name string, by int64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.totals[name] += by
	c.deltas <- delta{name, by} //~ BP23 low
}

// Total reads one counter.
func (c *Counters) Total(name string) int64 {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.totals[name]
}
