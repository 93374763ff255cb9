// What stops the receiver belongs to another part, which is stopped after the sender has ended, or so it is meant: a question, no more. What both can see is one.
package dispatch

import (
	"context"
	"time"
)

type keeper struct {
	entries chan string
	done    chan struct{}
}

func (k *keeper) run(write func(string)) {
	for {
		select {
		case entry := <-k.entries:
			write(entry)
		case <-k.done:
			return
		}
	}
}

// Start runs a keeper with a worker before it.
func Start(write func(string)) *worker {
	k := &keeper{entries: make(chan string), done: make(chan struct{})}
	go k.run(write)
	return &worker{entries: k.entries}
}

type worker struct{ entries chan<- string }

// Tell has a context of its own, which nobody ends early.
func (w *worker) Tell(entry string, save func(context.Context) error) {
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	if save(ctx) != nil {
		w.entries <- entry //~ BP22 low
	}
}

// Say knows nothing that stops.
func (w *worker) Say(entry string) {
	w.entries <- entry //~ BP22 low
}

// Note is of the keeper, which is stopped by what it holds.
func (k *keeper) Note(entry string) {
	k.entries <- entry //~ BP22 medium
}

// Close stops the keeper.
func (k *keeper) Close() {
	close(k.done)
}
