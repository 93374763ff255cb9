// The delay lives in a field and doubles in a helper method; the wait hears
// its context. Growth without jitter is all that is wrong.

package telemetry

import (
	"context"
	"log"
	"net"
	"time"
)

const (
	firstDelay = 500 * time.Millisecond
	lastDelay  = 30 * time.Second
)

type Uplink struct {
	addr  string
	delay time.Duration
	conn  net.Conn
}

func (u *Uplink) slower() {
	u.delay *= 2
	if u.delay > lastDelay {
		u.delay = lastDelay
	}
}

func (u *Uplink) Connect(ctx context.Context) error {
	var d net.Dialer
	u.delay = firstDelay
	for u.conn == nil { //~ BP11 medium
		c, err := d.DialContext(ctx, "tcp", u.addr)
		if err == nil {
			u.conn = c
			break
		}
		log.Printf("uplink %s: %v, again in %s", u.addr, err, u.delay)
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(u.delay):
		}
		u.slower()
	}
	return nil
}
