// Request and reply through a loop: a caller that gives up leaves the loop itself parked in its reply, and with it everybody else.
package allocator

import "context"

type request struct {
	size  int
	reply chan int
}

// Allocator hands out offsets.
type Allocator struct {
	requests chan request
	next     int
}

// New starts an allocator that lives as long as ctx.
func New(ctx context.Context) *Allocator {
	a := &Allocator{requests: make(chan request)}
	go func() {
		for {
			select {
			case r := <-a.requests:
				off := a.next
				a.next += r.size
				r.reply <- off //~ BP22 high
			case <-ctx.Done():
				return
			}
		}
	}()
	return a
}

// Alloc reserves size bytes.
func (a *Allocator) Alloc(ctx context.Context, size int) (int, error) {
	r := request{size: size, reply: make(chan int)}
	select {
	case a.requests <- r:
	case <-ctx.Done():
		return 0, ctx.Err()
	}
	select {
	case off := <-r.reply:
		return off, nil
	case <-ctx.Done():
		return 0, ctx.Err()
	}
}
