// The answer says that the other side is not so far yet: who asks again polls, ten times at most.
package shelf

import (
	"context"
	"errors"
	"time"
)

var ErrLeasePending = errors.New("lease pending")

type Cabinet interface {
	Remove(ctx context.Context, name string) error
}

func Remove(ctx context.Context, c Cabinet, name string) error {
	var err error
	for tries := 0; tries < 10; tries++ { //~ BP11 low
		if err = c.Remove(ctx, name); !errors.Is(err, ErrLeasePending) {
			return err
		}
		time.Sleep(time.Second)
	}
	return err
}
