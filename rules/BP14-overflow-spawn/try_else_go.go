// An if/else in place of the default, a method value in place of the closure.
package metering

import "time"

type Pulse struct {
	At time.Time
	Wh int
}

type Counter struct {
	pulses chan Pulse
}

func NewCounter(room int) *Counter { return &Counter{pulses: make(chan Pulse, room)} }

func (c *Counter) tryAdd(p Pulse) (ok bool) {
	select {
	case c.pulses <- p:
		ok = true
	default:
	}
	return ok
}

func (c *Counter) addWait(p Pulse) {
	c.pulses <- p
}

func (c *Counter) Add(wh int) {
	p := Pulse{At: time.Now(), Wh: wh}
	if c.tryAdd(p) {
		return
	}
	go c.addWait(p) //~ BP14 high
}
