// The producer obeys its context and leaves; the goroutine that ranges does not know, and waits on.
package sensor

import (
	"context"
	"time"
)

// Watch shows a reading each second until the context ends.
func Watch(ctx context.Context, read func() int, show func(int)) {
	readings := make(chan int)
	go func() {
		for r := range readings {
			show(r)
		}
	}()
	t := time.NewTicker(time.Second)
	defer t.Stop()
	for { //~ BP04 medium
		select {
		case <-t.C:
			select {
			case readings <- read():
			case <-ctx.Done():
				return
			}
		case <-ctx.Done():
			return
		}
	}
}
