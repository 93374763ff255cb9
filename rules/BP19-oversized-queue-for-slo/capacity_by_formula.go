// The capacity is computed from the objective by a constant expression: 18 fit, 18 it is.
package intake

import (
	"context"
	"errors"
	"time"
)

const (
	savers   = 6
	saveTime = 50 * time.Millisecond
	slo      = 200 * time.Millisecond
	room     = int((slo - saveTime) * savers / saveTime)
)

var ErrBusy = errors.New("intake: busy")

type Intake struct {
	docs chan []byte
}

func Start(ctx context.Context, save func(context.Context, []byte)) *Intake {
	in := &Intake{docs: make(chan []byte, room)}
	for i := 0; i < savers; i++ {
		go func() {
			for {
				select {
				case <-ctx.Done():
					return
				case d := <-in.docs:
					save(ctx, d)
				}
			}
		}()
	}
	return in
}

func (in *Intake) Save(d []byte) error {
	select {
	case in.docs <- d:
		return nil
	default:
		return ErrBusy
	}
}
