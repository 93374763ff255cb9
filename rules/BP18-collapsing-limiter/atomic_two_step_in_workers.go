// Floor and growth are there, but load and store are two steps and several
// workers in view take them at once.

package ingest

import (
	"context"
	"log"
	"sync/atomic"
	"time"
)

const fewest, most = 1, 512

type Importer struct {
	limit atomic.Int32 // rows in one write
	write func(ctx context.Context, rows int) error
}

func New(write func(ctx context.Context, rows int) error) *Importer {
	return &Importer{write: write}
}

func (im *Importer) Run(ctx context.Context, workers int) {
	im.limit.Store(most)
	for i := 0; i < workers; i++ {
		go im.work(ctx)
	}
}

func (im *Importer) work(ctx context.Context) {
	t := time.NewTicker(100 * time.Millisecond)
	defer t.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-t.C:
		}
		rows := im.limit.Load()
		if err := im.write(ctx, int(rows)); err != nil {
			log.Printf("%d rows: %v", rows, err)
			cut := im.limit.Load() / 2 //~ BP18 high
			if cut < fewest {
				cut = fewest
			}
			im.limit.Store(cut)
		} else if rows < most {
			im.limit.Add(1)
		}
	}
}
