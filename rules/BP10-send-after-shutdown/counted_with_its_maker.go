// The maker counts itself in, so that there is an end when nobody was started. Whoever leaves last closes, and no send is
// left by then.

package mill

import (
	"context"
	"sync/atomic"
)

// Grind yields what all stones make.
func Grind(ctx context.Context, stones []func() (int, bool)) <-chan int {
	flour := make(chan int)
	var left atomic.Int32
	left.Store(int32(len(stones)) + 1)
	leave := func() {
		if left.Add(-1) == 0 {
			close(flour)
		}
	}
	for _, stone := range stones {
		go func(stone func() (int, bool)) {
			defer leave()
			for grain, more := stone(); more; grain, more = stone() {
				select {
				case flour <- grain: //~ BP10 low
				case <-ctx.Done():
					return
				}
			}
		}(stone)
	}
	leave()
	return flour
}
