// Close does not sleep itself: it calls a helper that does, and the helper waits on a timer's channel with nothing beside it.
package logship

import (
	"io"
	"sync"
	"time"
)

type shipper struct {
	once  sync.Once
	quit  chan struct{}
	conn  io.Closer
	grace time.Duration
}

// settle gives the senders time to finish.
func (s *shipper) settle() {
	timer := time.NewTimer(s.grace)
	defer timer.Stop()
	<-timer.C //~ BP16 high
}

// Close ends the shipper.
func (s *shipper) Close() error {
	s.once.Do(func() { close(s.quit) })
	s.settle()
	return s.conn.Close()
}

func (s *shipper) send(lines <-chan string, write func(string) error) error {
	for {
		select {
		case l := <-lines:
			if err := write(l); err != nil {
				return err
			}
		case <-s.quit:
			return nil
		}
	}
}
