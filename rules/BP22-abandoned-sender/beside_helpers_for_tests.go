// A file that holds helpers for tests beside what the program runs: only what is handed a test ends with it. The rest leaves its goroutine parked in a process that lives on.
package courier

import (
	"errors"
	"testing"
	"time"
)

var errLate = errors.New("courier: late")

// Deliver gives up on a slow hand-over.
func Deliver(handOver func() string, patience time.Duration) (string, error) {
	receipt := make(chan string)
	go func() { receipt <- handOver() }() //~ BP22 high
	select {
	case got := <-receipt:
		return got, nil
	case <-time.After(patience):
		return "", errLate
	}
}

// CheckDelivery fails the test on a slow hand-over.
func CheckDelivery(tb testing.TB, handOver func() string) {
	tb.Helper()
	receipt := make(chan string)
	go func() { receipt <- handOver() }()
	select {
	case <-receipt:
	case <-time.After(time.Second):
		tb.Error("late")
	}
}

// TestingT is what a test can do.
type TestingT interface {
	Errorf(format string, args ...any)
}

// Suite holds the test that runs.
type Suite struct {
	t *testing.T
}

// Arrives fails the test of the suite on a slow hand-over.
func (s *Suite) Arrives(handOver func() string) {
	receipt := make(chan string)
	go func() { receipt <- handOver() }()
	select {
	case <-receipt:
	case <-time.After(time.Second):
		s.t.Error("late")
	}
}

// Arrives fails any test on a slow hand-over.
func Arrives(t TestingT, handOver func() string) {
	receipt := make(chan string)
	go func() { receipt <- handOver() }()
	select {
	case <-receipt:
	case <-time.After(time.Second):
		t.Errorf("late")
	}
}
