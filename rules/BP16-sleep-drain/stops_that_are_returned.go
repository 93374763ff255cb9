// What stops the work is a closure under the name of a result, the end of the channel that the
// workers take from, or the wait for a context that only has a time.
package post

import (
	"context"
	"io"
	"net"
	"sync"
	"time"
)

func open(door net.Listener, greet func(net.Conn)) (name string, stop func()) {
	var guests sync.Map
	go func() {
		for {
			guest, err := door.Accept()
			if err != nil {
				return
			}
			guests.Store(guest, nil)
			greet(guest)
			guests.Delete(guest)
		}
	}()
	return door.Addr().String(), func() {
		door.Close()
		time.Sleep(4 * time.Second) //~ BP16 high
		guests.Range(func(guest, _ any) bool {
			guest.(net.Conn).Close()
			return true
		})
	}
}

// The same with a wait for those who are there.
func openAndWait(door net.Listener, greet func(net.Conn)) (name string, stop func()) {
	gone := make(chan struct{})
	go func() {
		defer close(gone)
		for {
			guest, err := door.Accept()
			if err != nil {
				return
			}
			greet(guest)
		}
	}()
	return door.Addr().String(), func() {
		door.Close()
		<-gone
	}
}

func sortAll(letters []string, bags io.Closer, put func(string)) error {
	heap := make(chan string)
	for i := 0; i < 3; i++ {
		go func() {
			for letter := range heap {
				put(letter)
			}
		}()
	}
	for _, letter := range letters {
		heap <- letter
	}
	close(heap)
	time.Sleep(2 * time.Second) //~ BP16 medium
	return bags.Close()
}

func sortAndWait(letters []string, bags io.Closer, put func(string)) error {
	pile := make(chan string)
	var sorters sync.WaitGroup
	for i := 0; i < 3; i++ {
		sorters.Add(1)
		go func() {
			defer sorters.Done()
			for letter := range pile {
				put(letter)
			}
		}()
	}
	for _, letter := range letters {
		pile <- letter
	}
	close(pile)
	sorters.Wait()
	return bags.Close()
}

type carrier struct {
	cancel context.CancelFunc
	cart   io.Closer
}

func (c *carrier) Stop() error {
	c.cancel()
	grace, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	<-grace.Done() //~ BP16 high
	return c.cart.Close()
}

type rider struct {
	cancel context.CancelFunc
	horse  interface{ Rest(context.Context) error }
}

// Here something is done within that time.
func (r *rider) Stop() error {
	r.cancel()
	grace, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	go func() {
		defer cancel()
		r.horse.Rest(grace)
	}()
	<-grace.Done()
	return nil
}

type sorter struct {
	quit  chan struct{}
	belts io.Closer
}

// Who calls may cut it short, which says no more of the work than the clock does.
func (s *sorter) Shutdown(ctx context.Context) error {
	close(s.quit)
	select {
	case <-time.After(time.Second): //~ BP16 high
	case <-ctx.Done():
	}
	return s.belts.Close()
}

type weigher struct {
	quit chan struct{}
	done chan struct{}
	belt io.Closer
}

func (w *weigher) run(bags <-chan string) {
	defer close(w.done)
	for {
		select {
		case <-bags:
		case <-w.quit:
			return
		}
	}
}

// Here the work itself is heard.
func (w *weigher) Shutdown() error {
	close(w.quit)
	select {
	case <-time.After(time.Second):
	case <-w.done:
	}
	return w.belt.Close()
}
