// What a constructor leaves running closes the channel of the value that it hands back, and so does a method. Who stops the
// timer in time and asks whether it did, or closes once, is safe.
package oven

import (
	"sync"
	"time"
)

type Egg struct {
	cooked chan struct{}
	timer  *time.Timer
}

func Boil(for_ time.Duration) *Egg {
	e := &Egg{cooked: make(chan struct{})}
	e.timer = time.AfterFunc(for_, func() {
		close(e.cooked)
	})
	return e
}

func (e *Egg) Cooked() <-chan struct{} { return e.cooked }

func (e *Egg) TakeOut() {
	e.timer.Stop()
	close(e.cooked) //~ BP05 high
}

type Loaf struct {
	baked chan struct{}
}

func Bake(for_ time.Duration) *Loaf {
	l := &Loaf{baked: make(chan struct{})}
	go func() {
		time.Sleep(for_)
		close(l.baked)
	}()
	return l
}

func (l *Loaf) Baked() <-chan struct{} { return l.baked }

func (l *Loaf) TakeOut() {
	close(l.baked) //~ BP05 high
}

type Pie struct {
	done  chan struct{}
	timer *time.Timer
}

func Warm(for_ time.Duration) *Pie {
	p := &Pie{done: make(chan struct{})}
	p.timer = time.AfterFunc(for_, func() {
		close(p.done)
	})
	return p
}

func (p *Pie) Done() <-chan struct{} { return p.done }

func (p *Pie) TakeOut() {
	if p.timer.Stop() {
		close(p.done)
	}
}

type Cake struct {
	done chan struct{}
	once sync.Once
}

func (c *Cake) finish() { c.once.Do(func() { close(c.done) }) }

func Glaze(for_ time.Duration) *Cake {
	c := &Cake{done: make(chan struct{})}
	time.AfterFunc(for_, func() {
		c.finish()
	})
	return c
}

func (c *Cake) Done() <-chan struct{} { return c.done }

func (c *Cake) TakeOut() {
	c.finish()
}
