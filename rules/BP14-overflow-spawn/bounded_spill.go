// The full branch may spawn, but only with a slot in hand, and the goroutine gives the slot back.
// It waits for room with a deadline and reports what it could not place.
package webhook

import (
	"errors"
	"log"
	"time"
)

var ErrOverload = errors.New("webhook: queue and overflow are full")

type Queue struct {
	urls     chan string
	overflow chan struct{}
}

func New(room, overflow int) *Queue {
	return &Queue{urls: make(chan string, room), overflow: make(chan struct{}, overflow)}
}

func (q *Queue) Add(url string) error {
	select {
	case q.urls <- url:
		return nil
	default:
	}
	select {
	case q.overflow <- struct{}{}:
	default:
		return ErrOverload
	}
	go q.wait(url)
	return nil
}

func (q *Queue) wait(url string) {
	defer func() { <-q.overflow }()
	t := time.NewTimer(10 * time.Second)
	defer t.Stop()
	select {
	case q.urls <- url:
	case <-t.C:
		log.Printf("webhook: no room for %s", url)
	}
}
