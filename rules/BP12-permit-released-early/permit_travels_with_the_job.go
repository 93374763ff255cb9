// Right: taken before the spawn, given back by the method that runs as the
// goroutine, on every path out of it.

package crawl

import (
	"context"
	"log"
	"net/http"
)

type Crawler struct {
	client *http.Client
	slots  chan struct{}
}

func New(client *http.Client, limit int) *Crawler {
	return &Crawler{client: client, slots: make(chan struct{}, limit)}
}

func (c *Crawler) Visit(ctx context.Context, url string) error {
	select {
	case c.slots <- struct{}{}:
	case <-ctx.Done():
		return ctx.Err()
	}
	go c.fetch(ctx, url)
	return nil
}

func (c *Crawler) fetch(ctx context.Context, url string) {
	defer c.release()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		log.Printf("visit %s: %v", url, err)
		return
	}
	resp, err := c.client.Do(req)
	if err != nil {
		log.Printf("visit %s: %v", url, err)
		return
	}
	defer resp.Body.Close()
	log.Printf("visit %s: %s", url, resp.Status)
}

func (c *Crawler) release() { <-c.slots }
