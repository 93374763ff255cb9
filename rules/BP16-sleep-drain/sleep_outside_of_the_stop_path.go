// Right: the sleep paces the sampling and has no part in stopping; Close waits for the loop itself, which looks at the flag every time.
package sampler

import (
	"sync"
	"sync/atomic"
	"time"
)

// Sampler reads a sensor ten times a second.
type Sampler struct {
	closed atomic.Bool
	loop   sync.WaitGroup
	mu     sync.Mutex
	last   float64
}

// Open starts the sampling.
func Open(read func() float64) *Sampler {
	s := &Sampler{}
	s.loop.Add(1)
	go func() {
		defer s.loop.Done()
		for !s.closed.Load() {
			v := read()
			s.mu.Lock()
			s.last = v
			s.mu.Unlock()
			time.Sleep(100 * time.Millisecond)
		}
	}()
	return s
}

// Last returns the newest value.
func (s *Sampler) Last() float64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.last
}

// Close returns when the loop has ended.
func (s *Sampler) Close() {
	s.closed.Store(true)
	s.loop.Wait()
}
