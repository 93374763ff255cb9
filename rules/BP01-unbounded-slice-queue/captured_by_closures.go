// No type at all: two closures share a local slice, one appends, the other, run by a goroutine, pops.
package shipper

import (
	"context"
	"log"
	"sync"
	"time"
)

func Start(ctx context.Context, post func(context.Context, string) error) (enqueue func(string)) {
	var (
		mu      sync.Mutex
		backlog []string
	)
	pop := func() (line string, ok bool) {
		mu.Lock()
		defer mu.Unlock()
		if len(backlog) == 0 {
			return "", false
		}
		line, backlog = backlog[0], backlog[1:]
		return line, true
	}
	go func() {
		tick := time.NewTicker(50 * time.Millisecond)
		defer tick.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-tick.C:
			}
			for line, ok := pop(); ok; line, ok = pop() {
				if err := post(ctx, line); err != nil {
					log.Printf("ship: %v", err)
				}
			}
		}
	}()
	return func(line string) {
		mu.Lock()
		backlog = append(backlog, line) //~ BP01 high
		mu.Unlock()
	}
}
