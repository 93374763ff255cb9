// The well-known "close if still open" helper: two goroutines can both take the default branch. Both callers are in view.
package consumergroup

import (
	"context"
	"log"
	"time"
)

type member struct {
	left chan struct{}
}

func closeIfOpen(ch chan struct{}) {
	select {
	case <-ch:
	default:
		close(ch) //~ BP05 high
	}
}

func (m *member) heartbeat(ctx context.Context, beat func(context.Context) error) {
	t := time.NewTicker(3 * time.Second)
	defer t.Stop()
	for {
		select {
		case <-t.C:
			if err := beat(ctx); err != nil {
				log.Printf("heartbeat: %v", err)
				closeIfOpen(m.left)
				return
			}
		case <-m.left:
			return
		}
	}
}

// Join takes part until the context ends or a heartbeat fails; the result is closed then.
func Join(ctx context.Context, beat func(context.Context) error) <-chan struct{} {
	m := &member{left: make(chan struct{})}
	go m.heartbeat(ctx, beat)
	go func() {
		<-ctx.Done()
		closeIfOpen(m.left)
	}()
	return m.left
}
