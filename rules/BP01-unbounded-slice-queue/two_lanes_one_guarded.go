// Two slices in one type: the lane for new orders has a limit, the lane for retries has none.
package match

import (
	"errors"
	"sync"
)

const maxFresh = 4096

var ErrBusy = errors.New("match: too many open orders")

type Order struct {
	ID    uint64
	Price int64
}

type Desk struct {
	mu    sync.Mutex
	fresh []*Order
	again []*Order
}

func (d *Desk) Place(o *Order) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if len(d.fresh) >= maxFresh {
		return ErrBusy
	}
	d.fresh = append(d.fresh, o)
	return nil
}

// Requeue puts back an order that the exchange refused for now.
func (d *Desk) Requeue(o *Order) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.again = append(d.again, o) //~ BP01 high
}

// Next prefers retries to new orders.
func (d *Desk) Next() *Order {
	d.mu.Lock()
	defer d.mu.Unlock()
	if n := len(d.again); n > 0 {
		o := d.again[n-1]
		d.again = d.again[:n-1]
		return o
	}
	if len(d.fresh) > 0 {
		o := d.fresh[0]
		d.fresh = d.fresh[1:]
		return o
	}
	return nil
}
