// Right, or worth a look only: what may be left when the receiver goes fits into the room, is received by somebody else, or was sent before.
package dispatch

import (
	"context"
	"errors"
)

var errLate = errors.New("dispatch: too late")

// Greet starts two tasks in turn; when the second starts, the first has said its only word.
func Greet(ctx context.Context, hear func() (string, error), answer func(string) error) error {
	names := make(chan string, 1)
	errs := make(chan error, 1)
	go func() {
		name, err := hear()
		if err != nil {
			errs <- err
			return
		}
		names <- name
	}()
	var name string
	select {
	case name = <-names:
	case err := <-errs:
		return err
	case <-ctx.Done():
		return ctx.Err()
	}
	answered := make(chan struct{})
	go func() {
		if err := answer(name); err != nil {
			errs <- err
			return
		}
		close(answered)
	}()
	select {
	case <-answered:
		return nil
	case err := <-errs:
		return err
	case <-ctx.Done():
		return ctx.Err()
	}
}

// Collect takes one word of each worker, good or bad, and leaves after the last.
func Collect(jobs []int, work func(int) (int, error)) (sum int, first error) {
	todo := make(chan int)
	go func() {
		for _, j := range jobs {
			todo <- j
		}
		close(todo)
	}()
	good, bad := make(chan int), make(chan error)
	for i := 0; i < 4; i++ {
		go func() {
			for j := range todo {
				n, err := work(j)
				if err != nil {
					bad <- err
				} else {
					good <- n
				}
			}
		}()
	}
	for range jobs {
		select {
		case n := <-good:
			sum += n
		case err := <-bad:
			if first == nil {
				first = err
			}
		}
	}
	return sum, first
}

// Write has one write under way at most.
func Write(in <-chan []byte, stop <-chan struct{}, write func([]byte) error) {
	var queue [][]byte
	var done chan struct{}
	failed := make(chan error, 1)
	for {
		if done == nil && len(queue) > 0 {
			next := queue[0]
			queue = nil
			done = make(chan struct{})
			go func() {
				if err := write(next); err != nil {
					failed <- err
					return
				}
				close(done)
			}()
		}
		select {
		case b := <-in:
			queue = [][]byte{b}
		case <-done:
			done = nil
		case <-failed:
			return
		case <-stop:
			return
		}
	}
}

// Serve hands the channel on: whoever called receives the rest.
func Serve(ready <-chan struct{}, serve func() error) (<-chan error, error) {
	ended := make(chan error)
	go func() { ended <- serve() }()
	select {
	case err := <-ended:
		return nil, err
	case <-ready:
	}
	return ended, nil
}

// Poll stops its task when it leaves; the task looks between two sends, and one fits.
func Poll(ctx context.Context, ask func() int) (int, error) {
	stop := make(chan struct{})
	defer close(stop)
	states := make(chan int, 1)
	go func() {
		for {
			states <- ask() //~ BP22 low
			select {
			case <-stop:
				return
			default:
			}
		}
	}()
	for {
		select {
		case s := <-states:
			if s == 0 {
				return s, nil
			}
		case <-ctx.Done():
			return 0, errLate
		}
	}
}

// Find leaves at the first match; one sender with much to say fills any room.
func Find(all []string, is func(string) bool) string {
	candidates := make(chan string, 6)
	go func() {
		defer close(candidates)
		for _, one := range all {
			candidates <- one //~ BP22 medium
		}
	}()
	for one := range candidates {
		if is(one) {
			return one
		}
	}
	return ""
}
