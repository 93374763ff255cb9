// Two senders, both behind the same lock from the test to the send. Receivers only make room,
// so neither send can wait.
package pool

import "sync"

type Conn struct{ id int }

type Pool struct {
	mu   sync.Mutex
	idle chan *Conn
	made int
}

func New(size int) *Pool { return &Pool{idle: make(chan *Conn, size)} }

// Put gives a connection back and reports whether there was room for it.
func (p *Pool) Put(c *Conn) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.putLocked(c)
}

// Warm adds connections until the pool is full, and returns how many were ever made.
func (p *Pool) Warm() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	for p.putLocked(&Conn{id: p.made}) {
		p.made++
	}
	return p.made
}

func (p *Pool) putLocked(c *Conn) bool {
	if len(p.idle) == cap(p.idle) {
		return false
	}
	p.idle <- c
	return true
}
