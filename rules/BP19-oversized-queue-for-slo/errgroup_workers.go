//highwater:nocompile

// Workers started through an errgroup; the last of 3,000 hooks waits 112.5 s, and 30 s are promised.
package webhook

import (
	"context"
	"time"

	"golang.org/x/sync/errgroup"
)

const (
	deliverers  = 8
	perDelivery = 300 * time.Millisecond
	deliverySLO = 30 * time.Second
)

type Hook struct {
	URL  string
	Body []byte
}

func Run(ctx context.Context, feed func(context.Context, chan<- Hook) error, post func(context.Context, Hook) error) error {
	hooks := make(chan Hook, 3000) //~ BP19 high
	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() error {
		defer close(hooks)
		return feed(ctx, hooks)
	})
	for i := 0; i < deliverers; i++ {
		g.Go(func() error {
			for {
				select {
				case <-ctx.Done():
					return ctx.Err()
				case h, ok := <-hooks:
					if !ok {
						return nil
					}
					if err := post(ctx, h); err != nil {
						return err
					}
				}
			}
		})
	}
	return g.Wait()
}
