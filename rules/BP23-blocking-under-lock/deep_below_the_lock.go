// The send lies three calls below the lock, and the only receiver takes that lock in each turn; one whose receiver does not is nothing to speak of.
package ward

import (
	"context"
	"sync"
)

type alarm struct{ off chan struct{} }

func (a *alarm) silence() {
	a.off <- struct{}{}
}

type room struct {
	mu    sync.Mutex
	alarm *alarm
	beds  int
}

func newRoom() *room {
	return &room{alarm: &alarm{off: make(chan struct{})}}
}

func (r *room) leave() {
	r.alarm.silence()
}

func (r *room) empty() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.leave() //~ BP23 high
}

func (r *room) count() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.beds
}

func watch(r *room, off chan struct{}) {
	for {
		select {
		case <-off:
			return
		default:
			r.count()
		}
	}
}

// Open watches a room until it is empty.
func Open() {
	r := newRoom()
	go watch(r, r.alarm.off)
	r.empty()
}

type bell struct{ rung chan struct{} }

func (b *bell) ring() {
	b.rung <- struct{}{}
}

type desk struct {
	mu   sync.Mutex
	bell *bell
	name string
}

func (d *desk) call() {
	d.bell.ring()
}

func (d *desk) Ask(name string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.name = name
	d.call()
}

func (d *desk) Name() string {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.name
}

// Listen needs no lock.
func (d *desk) Listen(ctx context.Context, answer func()) {
	for {
		select {
		case <-d.bell.rung:
			answer()
		case <-ctx.Done():
			return
		}
	}
}

// New makes a desk with a bell.
func New() *desk {
	return &desk{bell: &bell{rung: make(chan struct{})}}
}
