// Right: the receiver leaves at the sender's last word, after the last of a count, or before anybody else knows the channel.
package tail

import (
	"bufio"
	"errors"
	"sync"
)

var errFull = errors.New("tail: full")

// Follow leaves at the error, which the reader says when it ends.
func Follow(r *bufio.Reader, keep func(string)) {
	lines := make(chan string)
	failed := make(chan error, 1)
	go func() {
		for {
			l, err := r.ReadString('\n')
			if err != nil {
				failed <- err
				return
			}
			lines <- l
		}
	}()
	for {
		select {
		case l := <-lines:
			keep(l)
		case <-failed:
			return
		}
	}
}

// All waits until every task has ended.
func All(tasks []func() error) (last error) {
	ended := make(chan error)
	for _, task := range tasks {
		task := task
		go func() { ended <- task() }()
	}
	left := len(tasks)
	for {
		err := <-ended
		if err != nil {
			last = err
		}
		left--
		if left == 0 {
			return last
		}
	}
}

type job struct {
	run  func()
	done chan bool
}

// InOrder starts all at once and waits for one after the other, in a later loop.
func InOrder(jobs []*job) {
	for _, j := range jobs {
		j.done = make(chan bool)
		go func(j *job) {
			j.run()
			j.done <- true
		}(j)
	}
	for _, j := range jobs {
		<-j.done
	}
}

type waiter struct {
	from int
	told chan error
}

// Ring wakes those who wait.
type Ring struct {
	mu      sync.Mutex
	waiters []waiter
	running bool
}

// Wait leaves early only before its waiter is among the others.
func (r *Ring) Wait(from int) error {
	r.mu.Lock()
	told := make(chan error)
	w := waiter{from: from, told: told}
	if err := r.start(); err != nil {
		r.mu.Unlock()
		return err
	}
	r.waiters = append(r.waiters, w)
	r.mu.Unlock()
	return <-told
}

func (r *Ring) start() error {
	if len(r.waiters) > 100 {
		return errFull
	}
	if !r.running {
		r.running = true
		go r.wake()
	}
	return nil
}

func (r *Ring) wake() {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, w := range r.waiters {
		w.told <- nil //~ BP23 low
	}
	r.waiters = nil
	r.running = false
}
