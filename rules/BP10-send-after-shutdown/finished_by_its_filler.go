// A pipe of which nobody out of view knows: its one filler puts in and then says that this was all. Another that
// anybody may end while others put in is closed under them.
package brook

import "context"

type pipe struct {
	drops chan int
}

func (p *pipe) Put(ctx context.Context, drop int) error {
	select {
	case p.drops <- drop:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (p *pipe) Finish() { close(p.drops) }

func fill(ctx context.Context, into *pipe, count int) {
	for drop := 0; drop < count; drop++ {
		if into.Put(ctx, drop) != nil {
			return
		}
	}
}

func Sum(ctx context.Context, count int) int {
	p := &pipe{drops: make(chan int, 8)}
	go func() {
		fill(ctx, p, count)
		p.Finish()
	}()
	sum := 0
	for drop := range p.drops {
		sum += drop
	}
	return sum
}

type Tap struct {
	drops chan int
}

func NewTap() *Tap { return &Tap{drops: make(chan int, 8)} }

func (t *Tap) Put(ctx context.Context, drop int) error {
	select {
	case t.drops <- drop: //~ BP10 high
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (t *Tap) Finish() { close(t.drops) }

func (t *Tap) Sum() int {
	sum := 0
	for drop := range t.drops {
		sum += drop
	}
	return sum
}
