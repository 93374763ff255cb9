// Where a return skips the close while workers range, they wait for ever, also when a group starts them. Right: all is closed before the workers start; a worker that runs only where there is something to write.
package scan

import "sync"

// Each stops at the first bad line and leaves its workers behind.
func Each(next func() (string, error), use func(string)) error {
	lines := make(chan string, 8)
	var wg sync.WaitGroup
	for i := 0; i < 4; i++ {
		wg.Add(1)
		go func() {
			defer wg.Done()
			drain(lines, use)
		}()
	}
	for {
		l, err := next()
		if err != nil {
			return err
		}
		if l == "" {
			break
		}
		lines <- l
	}
	close(lines)
	wg.Wait()
	return nil
}

func drain(lines <-chan string, use func(string)) {
	for l := range lines { //~ BP22 high
		use(l)
	}
}

// Spread fills and closes before anybody reads.
func Spread(all []int, use func(int)) {
	if len(all) == 0 {
		return
	}
	shares := make([]chan int, 4)
	for i := range shares {
		shares[i] = make(chan int, len(all))
	}
	for i, one := range all {
		shares[i%4] <- one
	}
	for _, share := range shares {
		close(share)
	}
	var wg sync.WaitGroup
	for i := range shares {
		i := i
		wg.Add(1)
		go func() {
			defer wg.Done()
			for one := range shares[i] {
				use(one)
			}
		}()
	}
	wg.Wait()
}

// Index writes through to a store, if it has one.
type Index struct {
	store func(string)
	out   chan string
	wg    sync.WaitGroup
	rest  string
}

// NewIndex returns an index.
func NewIndex(store func(string)) *Index {
	x := &Index{store: store, out: make(chan string)}
	if store != nil {
		x.wg.Add(1)
		go x.write()
	}
	return x
}

func (x *Index) write() {
	defer x.wg.Done()
	for s := range x.out {
		x.store(s)
	}
}

// Flush ends the writer.
func (x *Index) Flush() {
	if x.store == nil {
		return
	}
	x.out <- x.rest
	close(x.out)
	x.wg.Wait()
}
