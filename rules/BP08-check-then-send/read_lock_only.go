// The lock is there, but only for reading: two senders hold it at the same time, so it does not join test and send.
// The send that waits keeps Close from taking the lock for writing, too; that is the price of the lock, and is not said.
package feed

import "sync"

type Feed struct {
	mu     sync.RWMutex
	ch     chan []byte
	closed bool
}

func New(room int) *Feed { return &Feed{ch: make(chan []byte, room)} }

func (f *Feed) TryPut(b []byte) bool {
	f.mu.RLock()
	defer f.mu.RUnlock()
	if f.closed || len(f.ch) == cap(f.ch) { //~ BP08 medium
		return false
	}
	f.ch <- b
	return true
}

func (f *Feed) Close() {
	f.mu.Lock()
	defer f.mu.Unlock()
	if !f.closed {
		f.closed = true
		close(f.ch)
	}
}
