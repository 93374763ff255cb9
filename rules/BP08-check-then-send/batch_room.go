// The room is computed, kept in a variable and tested against a whole batch; then every item is a bare send.
package collector

import "errors"

var ErrNoRoom = errors.New("collector: no room for the batch")

type Sample struct {
	Series uint64
	Value  float64
}

type Collector struct {
	in chan Sample
}

func New(room int) *Collector { return &Collector{in: make(chan Sample, room)} }

// AddBatch takes all of the batch or nothing of it. It never blocks.
func (c *Collector) AddBatch(batch []Sample) error {
	room := cap(c.in) - len(c.in)
	if room < len(batch) { //~ BP08 medium
		return ErrNoRoom
	}
	for _, s := range batch {
		c.in <- s
	}
	return nil
}
