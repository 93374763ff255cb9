// Right: the goroutines are all started, but each one first waits its turn,
// and the winner cancels those that still wait or dial.

package dial

import (
	"context"
	"errors"
	"net"
	"time"
)

const headStart = 250 * time.Millisecond

type dialed struct {
	conn net.Conn
	err  error
}

func Dial(ctx context.Context, addrs []string) (net.Conn, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()

	results := make(chan dialed)
	for i, addr := range addrs {
		go attempt(ctx, addr, time.Duration(i)*headStart, results)
	}
	err := errors.New("no address")
	for range addrs {
		select {
		case r := <-results:
			if r.err == nil {
				return r.conn, nil
			}
			err = r.err
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
	return nil, err
}

func attempt(ctx context.Context, addr string, wait time.Duration, out chan<- dialed) {
	select {
	case <-time.After(wait):
	case <-ctx.Done():
		return
	}
	var d net.Dialer
	conn, err := d.DialContext(ctx, "tcp", addr)
	select {
	case out <- dialed{conn, err}:
	case <-ctx.Done():
		if conn != nil {
			conn.Close()
		}
	}
}
