// A select with a single timer arm is a sleep in other words; here it stands between the cancel and the report of what was done.
package crawler

import (
	"context"
	"sync"
	"time"
)

type crawler struct {
	mu    sync.Mutex
	pages int
	stop  context.CancelFunc
}

func (c *crawler) visit(ctx context.Context, urls []string, get func(context.Context, string) error) error {
	for _, u := range urls {
		if err := get(ctx, u); err != nil {
			return err
		}
		c.mu.Lock()
		c.pages++
		c.mu.Unlock()
	}
	return nil
}

// Shutdown stops the crawl and tells how many pages were read.
func (c *crawler) Shutdown() int {
	c.stop()
	select {
	case <-time.After(2 * time.Second): //~ BP16 high
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.pages
}
