// Each call makes its own channel and alone sends on it, in a helper: free room stays free until it sends.
package meter

import "log"

// Reading is one value.
type Reading struct{ watts int }

// Record keeps what the store has time for.
func Record(next func() (Reading, bool), keep func(Reading)) int {
	readings := make(chan Reading, 32)
	kept := make(chan int, 1)
	go func() { kept <- store(readings, keep) }()
	pump(next, readings)
	return <-kept
}

func pump(next func() (Reading, bool), readings chan<- Reading) {
	defer close(readings)
	missed := 0
	for r, ok := next(); ok; r, ok = next() {
		if len(readings) < cap(readings) {
			readings <- r
		} else {
			missed++
		}
	}
	log.Printf("meter: %d missed", missed)
}

func store(readings <-chan Reading, keep func(Reading)) int {
	kept := 0
	for r := range readings {
		keep(r)
		kept++
	}
	return kept
}

// Both has two senders on its channel, one of them a task of its own.
func Both(one, other func() (Reading, bool), keep func(Reading)) {
	shared := make(chan Reading, 32)
	over := make(chan struct{})
	go func() {
		defer close(over)
		offer(other, shared)
	}()
	go func() {
		for r := range shared {
			keep(r)
		}
	}()
	offer(one, shared)
	<-over
	close(shared)
}

func offer(next func() (Reading, bool), readings chan<- Reading) {
	missed := 0
	for r, ok := next(); ok; r, ok = next() {
		if len(readings) < cap(readings) { //~ BP08 high
			readings <- r
		} else {
			missed++
		}
	}
	log.Printf("meter: %d missed", missed)
}
