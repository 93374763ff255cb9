// The objective stands only in a comment, the rest is code.
package thumbs

import (
	"context"
	"time"
)

const (
	resizers   = 8
	resizeTime = 150 * time.Millisecond
)

// SLO: p95 of an upload until its thumbnail is there: 3s.

func Start(ctx context.Context, resize func(context.Context, string)) chan<- string {
	paths := make(chan string, 4000) //~ BP19 medium
	for n := resizers; n > 0; n-- {
		go func() {
			for {
				select {
				case <-ctx.Done():
					return
				case p := <-paths:
					resize(ctx, p)
				}
			}
		}()
	}
	return paths
}
