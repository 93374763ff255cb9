// What found no room is kept by a timer, whose goroutine then waits for room: the same unbounded queue, a little later.
package courier

import (
	"context"
	"log"
	"time"
)

type parcel struct{ to string }

// Courier carries what is in its bag.
type Courier struct {
	bag chan parcel
	off chan struct{}
}

// New starts a courier.
func New(carry func(parcel)) *Courier {
	c := &Courier{bag: make(chan parcel, 64), off: make(chan struct{})}
	go func() {
		for {
			select {
			case p := <-c.bag:
				carry(p)
			case <-c.off:
				return
			}
		}
	}()
	return c
}

// Stop sends the courier home.
func (c *Courier) Stop() { close(c.off) }

// Send puts a parcel into the bag, now or later.
func (c *Courier) Send(p parcel) {
	select {
	case c.bag <- p:
		return
	default:
	}
	time.AfterFunc(time.Second, func() { //~ BP14 high
		select {
		case c.bag <- p:
		case <-c.off:
		}
	})
}

// SendBy names the function that waits.
func (c *Courier) SendBy(p parcel) {
	again := func() {
		select {
		case c.bag <- p:
		case <-c.off:
		}
	}
	select {
	case c.bag <- p:
	default:
		time.AfterFunc(time.Second, again) //~ BP14 high
	}
}

// Offer tries once more after a while, and then says no.
func (c *Courier) Offer(p parcel, refused func(parcel)) {
	select {
	case c.bag <- p:
	default:
		time.AfterFunc(time.Second, func() {
			select {
			case c.bag <- p:
			default:
				refused(p)
			}
		})
	}
}

// Remind has a timer of its own that has nothing to do with a full bag.
func (c *Courier) Remind(ctx context.Context, p parcel) error {
	late := time.AfterFunc(time.Minute, func() { log.Printf("parcel to %s waits", p.to) })
	defer late.Stop()
	select {
	case c.bag <- p:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
