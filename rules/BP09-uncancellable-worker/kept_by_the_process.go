// What the process keeps is started once: a value that is put into a package variable or a package map, a method of a package value, a function that makes the package's channels, a command that never returns, and what a comment says lives that long. What many make stays a bug.
package pantry

import (
	"context"
	"sync/atomic"
	"time"
)

type gauge struct {
	level atomic.Int64
	wake  chan struct{}
}

var (
	gauges  = map[string]*gauge{}
	current *gauge
	shelf   gauge
	orders  chan int
)

// Gauge gives the one gauge of a name.
func Gauge(name string) *gauge {
	if known, ok := gauges[name]; ok {
		return known
	}
	made := newGauge()
	gauges[name] = made
	return made
}

func (g *gauge) touch() {
	select {
	case g.wake <- struct{}{}:
	default:
	}
}

func newGauge() *gauge {
	g := &gauge{wake: make(chan struct{}, 1)}
	go func() {
		for { //~ BP09 low
			<-g.wake
			g.level.Add(1)
		}
	}()
	return g
}

// Setup keeps the gauge that it makes.
func Setup(size int64) {
	current = newSized(size)
	current.level.Add(shelf.level.Load())
}

func newSized(size int64) *gauge {
	g := &gauge{}
	g.level.Store(size)
	go func() {
		for range time.Tick(time.Minute) { //~ BP09 low
			g.level.Add(-1)
		}
	}()
	return g
}

func (g *gauge) leak() {
	for range time.Tick(time.Second) { //~ BP09 low
		g.level.Add(-1)
	}
}

// Open takes a context for what it starts later.
func Open(ctx context.Context) {
	go shelf.leak()
}

// Serve makes the channel of the package.
func Serve(ctx context.Context, seen *atomic.Int64) error {
	orders = make(chan int)
	go func() {
		for { //~ BP09 low
			time.Sleep(time.Second)
			seen.Store(int64(len(orders)))
		}
	}()
	return ctx.Err()
}

type mirror struct {
	seen int
}

// Close is there, but whoever runs the command never comes to it.
func (m *mirror) Close() {}

func (m *mirror) Run(show func(int) int) {
	go func() {
		for { //~ BP09 low
			time.Sleep(time.Second)
			m.seen = show(m.seen)
		}
	}()
	select {}
}

type index struct {
	turns atomic.Int64
}

// Close forgets it.
func (i *index) Close() {}

// sweep runs for the lifetime of the server.
func (i *index) sweep() {
	for range time.Tick(time.Minute) { //~ BP09 low
		i.turns.Add(1)
	}
}

// NewIndex starts two tasks, one of them without a word.
func NewIndex() *index {
	i := &index{}
	go i.sweep()
	go i.count()
	return i
}

func (i *index) count() {
	for range time.Tick(time.Minute) { //~ BP09 high
		i.turns.Add(1)
	}
}

// Turns says how often it was swept.
func (i *index) Turns() int64 { return i.turns.Load() }
