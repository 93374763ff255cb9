// Three workers, started one by one; the times are constants of another block.
package charge

import (
	"context"
	"time"
)

const (
	cardTimeout = 400 * time.Millisecond
	timePerCard = cardTimeout / 2
)

const checkoutSLO = 1500 * time.Millisecond

type Charger struct {
	orders chan int64
	charge func(ctx context.Context, order int64)
}

func New(ctx context.Context, charge func(context.Context, int64)) *Charger {
	c := &Charger{
		orders: make(chan int64, 1<<10), //~ BP19 high
		charge: charge,
	}
	go c.work(ctx)
	go c.work(ctx)
	go c.work(ctx)
	return c
}

func (c *Charger) work(ctx context.Context) {
	for {
		select {
		case order := <-c.orders:
			c.charge(ctx, order)
		case <-ctx.Done():
			return
		}
	}
}
