// Right: the limit is a field, and the jittered wait that hears the context is
// one call away.

package mail

import (
	"context"
	"fmt"
	"math/rand"
	"time"
)

type Relay interface {
	Submit(ctx context.Context, id string) error
}

type Sender struct {
	relay    Relay
	maxTries int
}

func (s *Sender) Send(ctx context.Context, id string) error {
	for try := 1; ; try++ {
		err := s.relay.Submit(ctx, id)
		if err == nil {
			return nil
		}
		if try >= s.maxTries {
			return fmt.Errorf("mail %s after %d tries: %w", id, try, err)
		}
		if werr := rest(ctx, try); werr != nil {
			return fmt.Errorf("mail %s: %v while waiting after: %w", id, werr, err)
		}
	}
}

func rest(ctx context.Context, try int) error {
	ceiling := time.Minute
	if try < 9 {
		ceiling = 200 * time.Millisecond << uint(try)
	}
	t := time.NewTimer(time.Duration(rand.Int63n(int64(ceiling))))
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
