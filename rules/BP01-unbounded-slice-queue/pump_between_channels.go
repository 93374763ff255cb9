// A goroutine that turns a channel into one that never fills: what comes in is appended, what
// goes out is the first item. The second one stops to listen while it is full.
package relay

import "context"

func Endless(ctx context.Context, in <-chan string, out chan<- string) {
	var held []string
	for {
		var to chan<- string
		var first string
		if len(held) > 0 {
			to, first = out, held[0]
		}
		select {
		case line := <-in:
			held = append(held, line) //~ BP01 high
		case to <- first:
			held = held[1:]
		case <-ctx.Done():
			return
		}
	}
}

func Bounded(ctx context.Context, in <-chan string, out chan<- string, limit int) {
	var held []string
	for {
		from := in
		if len(held) >= limit {
			from = nil
		}
		var to chan<- string
		var first string
		if len(held) > 0 {
			to, first = out, held[0]
		}
		select {
		case line := <-from:
			held = append(held, line)
		case to <- first:
			held = held[1:]
		case <-ctx.Done():
			return
		}
	}
}
