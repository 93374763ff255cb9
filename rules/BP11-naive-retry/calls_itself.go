// A function that calls itself when it fails is a loop that nothing counts: in place, from a task that it
// starts, or from a timer. With a count that is handed on it ends.
package lamps

import (
	"context"
	"log"
	"net"
	"time"
)

type Mains interface {
	Light(ctx context.Context, lamp string) error
}

type Lamp struct {
	mains Mains
	name  string
	wire  net.Conn
}

func (l *Lamp) plug(address string) {
	wire, err := net.Dial("tcp", address)
	if err != nil {
		log.Printf("plug: %v", err)
		time.Sleep(300 * time.Millisecond)
		l.plug(address) //~ BP11 medium
		return
	}
	l.wire = wire
}

func light(ctx context.Context, m Mains, lamp string) error {
	if err := m.Light(ctx, lamp); err != nil {
		return light(ctx, m, lamp) //~ BP11 medium
	}
	return nil
}

func (l *Lamp) lightLater(ctx context.Context) {
	if err := l.mains.Light(ctx, l.name); err != nil {
		time.AfterFunc(time.Second, func() { l.lightLater(ctx) }) //~ BP11 medium
	}
}

func lightOften(ctx context.Context, m Mains, lamp string, left int) error {
	err := m.Light(ctx, lamp)
	if err != nil && left > 0 {
		return lightOften(ctx, m, lamp, left-1)
	}
	return err
}
