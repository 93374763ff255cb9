// Right: tests run one after the other, each with a channel of its own, be it from a helper or set up for a suite.
package gate

import "testing"

type gate struct{ open chan struct{} }

type gateSuite struct{ gate *gate }

// SetupTest runs before each test.
func (s *gateSuite) SetupTest() {
	s.gate = &gate{open: make(chan struct{})}
}

// TestOpens is one test.
func (s *gateSuite) TestOpens() {
	close(s.gate.open)
	<-s.gate.open
}

// TestStaysOpen is another.
func (s *gateSuite) TestStaysOpen() {
	defer close(s.gate.open)
}

func newBell() (func(), chan struct{}) {
	rung := make(chan struct{})
	return func() { <-rung }, rung
}

// TestRings gets a bell.
func TestRings(t *testing.T) {
	wait, bell := newBell()
	close(bell)
	wait()
}

// TestRingsLate gets another.
func TestRingsLate(t *testing.T) {
	wait, bell := newBell()
	defer wait()
	defer close(bell)
}
