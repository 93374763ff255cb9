// Right: the constructor has no context, so it makes the root for what it
// starts, and Close ends it and waits.

package sampler

import (
	"context"
	"log"
	"sync"
	"time"
)

type Sampler struct {
	cancel context.CancelFunc
	done   sync.WaitGroup
	read   func(context.Context) error
}

func Start(every time.Duration, read func(context.Context) error) *Sampler {
	ctx, cancel := context.WithCancel(context.Background())
	s := &Sampler{cancel: cancel, read: read}
	s.done.Add(1)
	go s.run(ctx, every)
	return s
}

func (s *Sampler) run(ctx context.Context, every time.Duration) {
	defer s.done.Done()
	t := time.NewTicker(every)
	defer t.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-t.C:
			if err := s.read(ctx); err != nil {
				log.Printf("sample: %v", err)
			}
		}
	}
}

func (s *Sampler) Close() {
	s.cancel()
	s.done.Wait()
}
