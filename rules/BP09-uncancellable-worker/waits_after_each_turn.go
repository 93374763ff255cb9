// The wait of a loop may stand in what it does after each turn. A loop that hears a done channel there
// as well has an end.
package tides

import (
	"log"
	"time"
)

type Gauge interface {
	Read() (float64, error)
}

type Station struct {
	gauge Gauge
	every time.Duration
	done  chan struct{}
}

func (s *Station) Start() {
	go s.watch()
	go s.watchUntilDone()
}

func (s *Station) watch() {
	tick := time.NewTicker(s.every)
	defer tick.Stop()
	for ; ; <-tick.C { //~ BP09 high
		if _, err := s.gauge.Read(); err != nil {
			log.Printf("tides: %v", err)
		}
	}
}

func (s *Station) watchUntilDone() {
	tick := time.NewTicker(s.every)
	defer tick.Stop()
	for ; ; <-tick.C {
		if _, err := s.gauge.Read(); err != nil {
			log.Printf("tides: %v", err)
		}
		select {
		case <-s.done:
			return
		default:
		}
	}
}

func (s *Station) Stop() { close(s.done) }
