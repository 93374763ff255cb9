// A save that gets a context of its own, for the reason that stands above it.
package blocks

import (
	"context"
	"time"
)

type store interface {
	Put(ctx context.Context, key string, value []byte) error
}

// Advance saves how far it came.
func Advance(ctx context.Context, s store, step func(context.Context) ([]byte, error)) error {
	at, err := step(ctx)
	if err != nil {
		return err
	}
	// Fresh ctx: the pass may have used up its time, and its cursor must be saved.
	saving, cancel := context.WithTimeout(context.Background(), time.Second) //~ BP20 low
	defer cancel()
	return s.Put(saving, "cursor", at)
}
