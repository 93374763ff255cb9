// Right: a deadline is the end, and the wait is drawn from an interval that
// grows with the wait before it (decorrelated jitter).

package lease

import (
	"context"
	"math/rand"
	"time"
)

type Store interface {
	Acquire(ctx context.Context, name string) (token string, err error)
}

func Take(ctx context.Context, s Store, name string, within time.Duration) (string, error) {
	const low, high = 20 * time.Millisecond, 2 * time.Second
	deadline := time.Now().Add(within)
	wait := low
	for {
		token, err := s.Acquire(ctx, name)
		if err == nil {
			return token, nil
		}
		wait = low + time.Duration(rand.Int63n(int64(3*wait-low)))
		if wait > high {
			wait = high
		}
		if time.Now().Add(wait).After(deadline) {
			return "", err
		}
		select {
		case <-ctx.Done():
			return "", ctx.Err()
		case <-time.After(wait):
		}
	}
}
