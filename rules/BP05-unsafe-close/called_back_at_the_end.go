// A callback that runs when the connection has ended closes what the stop has closed already, which is what ends the
// connection. Where only the callback closes, the stop waits for it.

package wire

import "sync"

type line struct {
	OnEnd func()
	up    sync.Once
}

func (l *line) hangUp() { l.up.Do(l.OnEnd) }

type Phone struct {
	line *line
	over chan struct{}
}

func Call() *Phone {
	p := &Phone{line: &line{}, over: make(chan struct{})}
	p.line.OnEnd = func() { close(p.over) }
	return p
}

func (p *Phone) Over() <-chan struct{} { return p.over }

func (p *Phone) Stop() {
	close(p.over) //~ BP05 high
	p.line.hangUp()
}

type Radio struct {
	line *line
	over chan struct{}
}

func Tune() *Radio {
	r := &Radio{over: make(chan struct{})}
	r.line = &line{OnEnd: func() { close(r.over) }}
	return r
}

func (r *Radio) Stop() {
	r.line.hangUp()
	<-r.over
}

type Telex struct {
	line *line
	once sync.Once
	over chan struct{}
}

func Type() *Telex {
	t := &Telex{line: &line{}, over: make(chan struct{})}
	t.line.OnEnd = func() { t.once.Do(func() { close(t.over) }) }
	return t
}

func (t *Telex) Over() <-chan struct{} { return t.over }

func (t *Telex) Stop() {
	t.once.Do(func() { close(t.over) })
	t.line.hangUp()
}
