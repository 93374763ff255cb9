// The wait hears its context: what is received behind a failed Stop is a tick
// that was already there. A wait that grows up to a cap is an end too. Jitter is
// all that is missing.

package export

import (
	"context"
	"time"
)

type Sink interface {
	Push(ctx context.Context, batch []byte) error
}

func Push(ctx context.Context, s Sink, batch []byte, tries int) error {
	var err error
	for i := 0; i < tries; i++ { //~ BP11 medium
		if err = s.Push(ctx, batch); err == nil {
			return nil
		}
		t := time.NewTimer(time.Second << uint(i))
		select {
		case <-t.C:
		case <-ctx.Done():
			if !t.Stop() {
				<-t.C
			}
			return err
		}
	}
	return err
}

const longest = 30 * time.Second

func PushUpTo(s Sink, batch []byte) error {
	var err error
	wait := time.Second
	for wait < longest { //~ BP11 medium
		err = s.Push(context.Background(), batch)
		if err == nil {
			wait = time.Second
			break
		}
		time.Sleep(wait)
		wait += wait / 2
	}
	return err
}

// Nothing but its own end cancels this context.
func PushOnce(s Sink, batch []byte, tries int) error {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	var err error
	for i := 0; i < tries; i++ { //~ BP11 medium
		if err = s.Push(ctx, batch); err == nil {
			return nil
		}
		time.Sleep(time.Second << uint(i))
	}
	return err
}
