// The mirror in its other shapes: who sends and who waits are the function that makes the channel, a task, or what one of them calls. A deferred close, an answer on each way, or a way out beside the wait keep it sound.
package depot

import (
	"context"
	"errors"
	"log"
	"sync"
)

type gate struct{ lane int }

func openGate(open func() (gate, error), opened chan<- gate) error {
	g, err := open()
	if err != nil {
		return err
	}
	opened <- g
	return nil
}

func lit(opened <-chan gate) gate {
	return <-opened //~ BP22 high
}

// Light waits in a helper for what another helper sends.
func Light(open func() (gate, error)) gate {
	opened := make(chan gate)
	go func() {
		if err := openGate(open, opened); err != nil {
			log.Printf("gate: %v", err)
		}
	}()
	return lit(opened)
}

// Meet has two tasks, one of which waits for the other.
func Meet(weigh func() (int, error), book func(int)) error {
	weights := make(chan int)
	var failed error
	var tasks sync.WaitGroup
	tasks.Add(2)
	go func() {
		defer tasks.Done()
		kilos, err := weigh()
		if err != nil {
			failed = err
			return
		}
		weights <- kilos
	}()
	go func() {
		defer tasks.Done()
		book(<-weights) //~ BP22 high
	}()
	tasks.Wait()
	return failed
}

// Admit starts who waits, and leaves before it sends.
func Admit(plate string, known func(string) (int, error), note func(int)) error {
	numbers := make(chan int, 1)
	go func() {
		note(<-numbers) //~ BP22 high
	}()
	if plate == "" {
		return errors.New("depot: no plate")
	}
	number, err := known(plate)
	if err != nil {
		return err
	}
	numbers <- number
	return nil
}

// Leave closes on every way.
func Leave(plate string, known func(string) (int, error), note func(int)) error {
	gone := make(chan int, 1)
	defer close(gone)
	go func() {
		note(<-gone)
	}()
	number, err := known(plate)
	if err != nil {
		return err
	}
	gone <- number
	return nil
}

// Weigh answers on every way.
func Weigh(weigh func() (int, error), note func(int)) error {
	loads := make(chan int, 1)
	go func() {
		note(<-loads)
	}()
	kilos, err := weigh()
	if err != nil {
		loads <- 0
		return err
	}
	loads <- kilos
	return nil
}

// Fetch starts nobody before it has what it sends.
func Fetch(key string, get func(string) (int, error), note func(int)) error {
	fetched := make(chan int, 1)
	n, err := get(key)
	if err != nil {
		return err
	}
	go func() {
		note(<-fetched)
	}()
	fetched <- n
	return nil
}

// Hear has a way out beside the wait.
func Hear(ctx context.Context, listen func() (int, error), note func(int)) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	heard := make(chan int, 1)
	go func() {
		select {
		case n := <-heard:
			note(n)
		case <-ctx.Done():
		}
	}()
	n, err := listen()
	if err != nil {
		return err
	}
	select {
	case heard <- n:
	case <-ctx.Done():
	}
	return nil
}

func asked(ask func() (int, error)) <-chan int {
	answer := make(chan int, 1)
	go func() {
		n, err := ask()
		if err != nil {
			return
		}
		answer <- n
	}()
	return answer
}

// Ask is handed the channel, and waits.
func Ask(ask func() (int, error)) int {
	answer := asked(ask)
	return <-answer //~ BP22 high
}

// Sum waits for as many as it has started.
func Sum(scales []func() (int, error)) int {
	kilos := make(chan int, len(scales))
	for _, scale := range scales {
		scale := scale
		go func() {
			n, err := scale()
			if err != nil {
				return
			}
			kilos <- n
		}()
	}
	sum := 0
	for range scales {
		sum += <-kilos //~ BP22 medium
	}
	return sum
}

// Most has an answer of each.
func Most(scales []func() (int, error)) int {
	loads := make(chan int, len(scales))
	for _, scale := range scales {
		scale := scale
		go func() {
			n, err := scale()
			if err != nil {
				loads <- 0
				return
			}
			loads <- n
		}()
	}
	most := 0
	for range scales {
		if load := <-loads; load > most {
			most = load
		}
	}
	return most
}

// Stamp waits for as many as there are, of workers that pass some over.
func Stamp(letters []string, stamp func(string) (string, error)) []string {
	work := make(chan string, len(letters))
	for _, letter := range letters {
		work <- letter
	}
	close(work)
	stamped := make(chan string, len(letters))
	for i := 0; i < 4; i++ {
		go func() {
			for letter := range work {
				done, err := stamp(letter)
				if err != nil {
					log.Printf("stamp: %v", err)
					continue
				}
				stamped <- done
			}
		}()
	}
	var all []string
	for range letters {
		all = append(all, <-stamped) //~ BP22 medium
	}
	return all
}
