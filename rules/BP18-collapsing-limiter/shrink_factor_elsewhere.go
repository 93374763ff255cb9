// The factor is a constant declared elsewhere, and the cut goes through a
// conversion that truncates: one becomes zero.

package replicate

import "sync"

const (
	shrink = 0.5
	step   = 4
	most   = 256
)

type Sender struct {
	mu       sync.Mutex
	parallel int
	active   int
}

func NewSender() *Sender { return &Sender{parallel: most} }

func (s *Sender) Try(send func() error) (ran bool, err error) {
	if !s.begin() {
		return false, nil
	}
	err = send()
	s.mu.Lock()
	defer s.mu.Unlock()
	s.active--
	if err != nil {
		s.parallel = int(float64(s.parallel) * shrink) //~ BP18 high
		return true, err
	}
	if s.parallel += step; s.parallel > most {
		s.parallel = most
	}
	return true, nil
}

func (s *Sender) begin() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.active >= s.parallel {
		return false
	}
	s.active++
	return true
}
