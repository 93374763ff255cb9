// Right: a swap that lost a race, a short read and a page after a page all go
// round, and none of them is a retry.

package ingest

import (
	"context"
	"errors"
	"io"
	"sync/atomic"
)

func Raise(highest *atomic.Int64, v int64) {
	for {
		old := highest.Load()
		if v <= old || highest.CompareAndSwap(old, v) {
			return
		}
	}
}

func Drain(r io.Reader, keep func([]byte)) error {
	buf := make([]byte, 32<<10)
	for {
		n, err := r.Read(buf)
		keep(buf[:n])
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
	}
}

type Lister interface {
	Page(ctx context.Context, cursor string) (ids []string, next string, err error)
}

func All(ctx context.Context, l Lister) ([]string, error) {
	var ids []string
	for cursor := ""; ; {
		page, next, err := l.Page(ctx, cursor)
		if err != nil {
			return nil, err
		}
		ids = append(ids, page...)
		if next == "" {
			return ids, nil
		}
		cursor = next
	}
}
