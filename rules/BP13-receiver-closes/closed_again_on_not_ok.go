// The consumer closes when it learns that the channel has been closed, which panics every time.
package telemetry

import (
	"log"
	"sync"
)

type point struct {
	device string
	value  float64
}

type sink struct {
	points chan point
	idle   sync.WaitGroup
}

func (s *sink) consume(write func(point) error) {
	defer s.idle.Done()
	for {
		p, ok := <-s.points
		if !ok {
			log.Print("telemetry: input has ended")
			close(s.points) //~ BP13 high
			return
		}
		if err := write(p); err != nil {
			log.Printf("telemetry: %s: %v", p.device, err)
		}
	}
}

// Replay writes the points through a goroutine of its own.
func Replay(points []point, write func(point) error) {
	s := &sink{points: make(chan point)}
	s.idle.Add(1)
	go s.consume(write)
	for _, p := range points {
		s.points <- p
	}
	close(s.points)
	s.idle.Wait()
}
