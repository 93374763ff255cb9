// The drop branch is the arm of a timer: after 20 ms the reading is given up without a trace.
// The second method gives up too, and says so.
package telemetry

import (
	"context"
	"fmt"
	"time"
)

type Reading struct {
	Device string
	Value  float64
}

type Uplink struct {
	out chan Reading
}

func (u *Uplink) Push(r Reading) {
	select {
	case u.out <- r:
	case <-time.After(20 * time.Millisecond): //~ BP07 high
	}
}

func (u *Uplink) PushContext(ctx context.Context, r Reading) error {
	select {
	case u.out <- r:
		return nil
	case <-ctx.Done():
		return fmt.Errorf("uplink: reading of %s not taken: %w", r.Device, ctx.Err())
	}
}
