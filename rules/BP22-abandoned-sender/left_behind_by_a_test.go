// Right enough: a test that fails early leaves its goroutine parked, but the process of the tests ends soon after, and the goroutine with it.
package relay

import (
	"errors"
	"testing"
	"time"
)

func awaitEcho(t *testing.T, say func() string) error {
	t.Helper()
	echo := make(chan string)
	go func() { echo <- say() }()
	select {
	case got := <-echo:
		t.Log(got)
		return nil
	case <-time.After(time.Second):
		return errors.New("relay: no echo")
	}
}

func receiveAll(t *testing.T, n int, ask func() error) {
	t.Helper()
	errs := make(chan error)
	for i := 0; i < n; i++ {
		go func() { errs <- ask() }()
	}
	for i := 0; i < n; i++ {
		if err := <-errs; err != nil {
			t.Error(err)
			return
		}
	}
}
