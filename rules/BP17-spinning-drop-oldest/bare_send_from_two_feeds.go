// Room is made in a function that takes the channel as a parameter; two feeds
// call it at once, so the room may be gone when the bare send runs.

package ticks

import (
	"log"
	"sync"
)

type Tick struct {
	Symbol string
	Cents  int64
}

func Merge(lit, dark []Tick, depth int) <-chan Tick {
	out := make(chan Tick, depth)
	var feeds sync.WaitGroup
	feeds.Add(2)
	go feed(&feeds, lit, out)
	go feed(&feeds, dark, out)
	go func() {
		feeds.Wait()
		close(out)
	}()
	return out
}

func feed(feeds *sync.WaitGroup, ticks []Tick, out chan Tick) {
	defer feeds.Done()
	for _, t := range ticks {
		replace(out, t)
	}
}

func replace(out chan Tick, t Tick) {
	select {
	case out <- t:
	default:
		select {
		case old := <-out:
			log.Printf("tick of %s overtaken", old.Symbol)
		default:
		}
		out <- t //~ BP17 high
	}
}
