//highwater:nocompile

// The producers run in an errgroup; g.Wait is called, but the results channel stays open, so the printing goroutine never ends.
package mirror

import (
	"context"
	"fmt"
	"net/http"

	"golang.org/x/sync/errgroup"
)

type status struct {
	url  string
	code int
}

func probe(ctx context.Context, url string) (int, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodHead, url, nil)
	if err != nil {
		return 0, err
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return 0, err
	}
	return resp.StatusCode, resp.Body.Close()
}

func Survey(ctx context.Context, mirrors [][]string) error {
	results := make(chan status)
	go func() {
		for s := range results {
			fmt.Printf("%d %s\n", s.code, s.url)
		}
	}()

	g, ctx := errgroup.WithContext(ctx)
	for _, group := range mirrors {
		group := group
		g.Go(func() error {
			for _, url := range group { //~ BP04 high
				code, err := probe(ctx, url)
				if err != nil {
					return err
				}
				select {
				case results <- status{url, code}:
				case <-ctx.Done():
					return ctx.Err()
				}
			}
			return nil
		})
	}
	return g.Wait()
}
