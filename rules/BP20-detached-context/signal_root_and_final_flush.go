// Right: main makes the root, and the last flush runs on a fresh one with a
// timeout, because the first is over by then.

package main

import (
	"context"
	"log"
	"os"
	"os/signal"
	"time"
)

type spool struct{ lines []string }

func (s *spool) flush(ctx context.Context) error {
	for len(s.lines) > 0 && ctx.Err() == nil {
		log.Print(s.lines[0])
		s.lines = s.lines[1:]
	}
	return ctx.Err()
}

func run(ctx context.Context, s *spool) error {
	t := time.NewTicker(time.Second)
	defer t.Stop()
	for {
		select {
		case <-t.C:
			if err := s.flush(ctx); err != nil {
				log.Printf("flush: %v", err)
			}
		case <-ctx.Done():
			last, cancel := context.WithTimeout(context.Background(), 5*time.Second)
			defer cancel()
			return s.flush(last)
		}
	}
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	s := &spool{lines: []string{"started"}}
	if err := run(ctx, s); err != nil {
		log.Print(err)
	}
}
