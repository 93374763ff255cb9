// Contexts whose ends are cut off on purpose, and calls that make what lives on.
package blocks

import (
	"context"
	"io"
	"time"
)

type tenantKey struct{}

func tenant(ctx context.Context) string {
	name, _ := ctx.Value(tenantKey{}).(string)
	return name
}

func withTenant(ctx context.Context, name string) context.Context {
	return context.WithValue(ctx, tenantKey{}, name)
}

type queue interface {
	Publish(ctx context.Context, event string) error
	Open(ctx context.Context, name string) (io.ReadCloser, error)
}

// Forward carries the value over by hand and leaves the end behind.
func Forward(ctx context.Context, q queue, events []string) error {
	name := tenant(ctx)
	own := withTenant(context.Background(), name)
	for _, event := range events {
		if err := q.Publish(own, event); err != nil {
			return err
		}
	}
	return nil
}

// Follow opens what its caller reads long after the call.
func Follow(ctx context.Context, q queue, name string) (io.ReadCloser, error) {
	if err := q.Publish(ctx, name); err != nil {
		return nil, err
	}
	return q.Open(context.Background(), name)
}

// Drain publishes what is left when its loop was told to end.
func Drain(ctx context.Context, q queue, events <-chan string) (err error) {
	var left []string
	for err == nil {
		select {
		case event := <-events:
			left = append(left, event)
		case <-ctx.Done():
			err = ctx.Err()
		}
	}
	if len(left) > 0 {
		last, cancel := context.WithTimeout(context.Background(), time.Second)
		defer cancel()
		_ = q.Publish(last, left[0])
	}
	return err
}
