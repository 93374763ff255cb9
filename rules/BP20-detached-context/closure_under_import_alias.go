// The package is imported under another name, and the new root is two closures
// below the function that has the context.

package export

import (
	stdctx "context"
	"sort"
)

type Sink interface {
	Put(ctx stdctx.Context, key string, row []byte) error
}

type Exporter struct {
	sink Sink
}

func (e *Exporter) Export(ctx stdctx.Context, rows map[string][]byte) error {
	put := func(key string) func() error {
		return func() error {
			return e.sink.Put(stdctx.Background(), key, rows[key]) //~ BP20 high
		}
	}
	keys := make([]string, 0, len(rows))
	for key := range rows {
		keys = append(keys, key)
	}
	sort.Strings(keys)
	for _, key := range keys {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err := put(key)(); err != nil {
			return err
		}
	}
	return nil
}
