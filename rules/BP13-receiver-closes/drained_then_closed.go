// The closer takes what is queued at the moment and closes. A request that comes in between, or is parked for room, panics its sender.
package link

import (
	"errors"
	"sync/atomic"
)

var errDown = errors.New("link: down")

type request struct {
	body  []byte
	reply func(error)
}

type link struct {
	down     atomic.Bool
	requests chan request
}

// Request queues one request.
func (l *link) Request(r request) error {
	if l.down.Load() {
		return errDown
	}
	l.requests <- r
	return nil
}

func (l *link) fail() {
	for n := len(l.requests); n > 0; n-- {
		r := <-l.requests
		r.reply(errDown)
	}
	close(l.requests) //~ BP13 high
}

// Down refuses what comes and what is queued.
func (l *link) Down() {
	if l.down.CompareAndSwap(false, true) {
		l.fail()
	}
}
