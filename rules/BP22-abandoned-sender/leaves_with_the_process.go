// Right: what the entry calls last leaves together with the process, and so does everything it has started. A step that is followed by more is not the last.
package main

import (
	"context"
	"errors"
	"log"
	"os"
	"os/signal"
)

func main() {
	if err := warmUp(); err != nil {
		log.Print(err)
	}
	if err := run(); err != nil && !errors.Is(err, context.Canceled) {
		log.Fatal(err)
	}
}

func run() error {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	failed := make(chan error)
	go func() { failed <- pump(os.Stdin) }()
	select {
	case err := <-failed:
		return err
	case <-ctx.Done():
		return ctx.Err()
	}
}

func warmUp() error {
	if len(os.Args) < 2 {
		return nil
	}
	list := make(chan error)
	go func() {
		list <- pump(os.Stdin) //~ BP22 high
	}()
	if _, err := os.Stat(os.Args[1]); err != nil {
		return err
	}
	return <-list
}

func pump(from *os.File) error {
	_, err := from.Read(make([]byte, 512))
	return err
}
