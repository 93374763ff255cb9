// Right: senders are counted under the lock that also guards the flag, so after the flag is set nobody new sends, and the close waits for the rest.
package mailqueue

import (
	"context"
	"errors"
	"sync"
)

var errStopped = errors.New("mailqueue: stopped")

type queue struct {
	mu      sync.Mutex
	stopped bool
	sending sync.WaitGroup
	quit    chan struct{}
	mails   chan string
}

func (q *queue) enter() bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.stopped {
		return false
	}
	q.sending.Add(1)
	return true
}

func (q *queue) Put(ctx context.Context, mail string) error {
	if !q.enter() {
		return errStopped
	}
	defer q.sending.Done()
	select {
	case q.mails <- mail:
		return nil
	case <-q.quit:
		return errStopped
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (q *queue) Stop() {
	q.mu.Lock()
	first := !q.stopped
	q.stopped = true
	q.mu.Unlock()
	if first {
		close(q.quit)
		q.sending.Wait()
		close(q.mails)
	}
}
