// The sleep sits in a deferred clean-up and its length in a constant of another declaration; the flusher has no way to say that it is done.
package main

import (
	"context"
	"log"
	"os"
	"os/signal"
	"syscall"
	"time"
)

const (
	flushEvery  = 2 * time.Second
	gracePeriod = 3 * flushEvery
)

func flushLoop(ctx context.Context, flush func() error) {
	t := time.NewTicker(flushEvery)
	defer t.Stop()
	for {
		select {
		case <-t.C:
			if err := flush(); err != nil {
				log.Printf("flush: %v", err)
			}
		case <-ctx.Done():
			if err := flush(); err != nil {
				log.Printf("last flush: %v", err)
			}
			return
		}
	}
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer func() {
		stop()
		time.Sleep(gracePeriod) //~ BP16 high
		log.Print("bye")
	}()
	go flushLoop(ctx, os.Stdout.Sync)
	<-ctx.Done()
}
