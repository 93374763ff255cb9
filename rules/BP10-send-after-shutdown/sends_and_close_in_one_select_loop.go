// Right: Report does not touch the output; one goroutine owns it, sends on it and closes it when told to stop.
package gauge

import "sync"

type gauge struct {
	updates chan float64
	quit    chan struct{}
	once    sync.Once
	smooth  chan float64
}

func newGauge() *gauge {
	g := &gauge{updates: make(chan float64), quit: make(chan struct{}), smooth: make(chan float64)}
	go g.loop()
	return g
}

func (g *gauge) loop() {
	defer close(g.smooth)
	var mean float64
	for {
		select {
		case v := <-g.updates:
			mean += (v - mean) / 8
		case g.smooth <- mean:
		case <-g.quit:
			return
		}
	}
}

// Report says whether the value was taken.
func (g *gauge) Report(v float64) bool {
	select {
	case g.updates <- v:
		return true
	case <-g.quit:
		return false
	}
}

func (g *gauge) Stop() {
	g.once.Do(func() { close(g.quit) })
}
