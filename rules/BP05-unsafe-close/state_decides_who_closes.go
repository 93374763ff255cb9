// Right: the closures run only where the state allows the step, under its lock; the second helper hands them on. A comparison of sizes is no flag.
package phase

import (
	"sync"
	"sync/atomic"
)

// Phase goes from new to up to gone.
type Phase struct {
	mu    sync.Mutex
	state int
	up    chan struct{}
}

func (p *Phase) step(from, to int, then func()) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.state != from {
		return false
	}
	p.state = to
	then()
	return true
}

func (p *Phase) mustStep(from, to int, then func()) {
	if !p.step(from, to, then) {
		panic("phase out of order")
	}
}

// Start wakes those who wait for the start.
func (p *Phase) Start() {
	p.mustStep(0, 1, func() { close(p.up) })
}

// Stop wakes them where it never started.
func (p *Phase) Stop() {
	p.step(0, 2, func() { close(p.up) })
}

type page struct {
	next *page
	gone chan struct{}
}

// Pages are few.
type Pages struct {
	size atomic.Int64
	most int64
	head *page
}

func (p *Pages) drop() {
	old := p.head
	close(old.gone)
	p.head = old.next
	p.size.Add(-1)
}

// Trim drops the oldest.
func (p *Pages) Trim() {
	for p.size.Load() > p.most {
		p.drop()
	}
}
