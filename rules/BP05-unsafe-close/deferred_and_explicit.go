// The goroutine closes in a defer, and once more by hand on its error path, so that the error path closes twice.
package tilecache

import (
	"context"
	"log"
)

// Warm loads the tiles in turn and hands them out as they come.
func Warm(ctx context.Context, ids []int, load func(context.Context, int) ([]byte, error)) <-chan []byte {
	tiles := make(chan []byte)
	go func() {
		defer close(tiles)
		for _, id := range ids {
			tile, err := load(ctx, id)
			if err != nil {
				log.Printf("tile %d: %v", id, err)
				close(tiles) //~ BP05 high
				return
			}
			select {
			case tiles <- tile:
			case <-ctx.Done():
				return
			}
		}
	}()
	return tiles
}

type sheets interface {
	Print(ctx context.Context, id int) error
}

// Print is over when done is closed.
type Print struct {
	of   sheets
	ids  []int
	fail error
	done chan struct{}
}

// The error comes from code that is not in view; to ask for it is no guard of the close.
func (p *Print) run(ctx context.Context) {
	defer close(p.done)
	for _, id := range p.ids {
		if err := p.of.Print(ctx, id); err != nil {
			p.fail = err
			close(p.done) //~ BP05 high
			return
		}
	}
}

// Wait gives what went wrong.
func (p *Print) Wait() error {
	<-p.done
	return p.fail
}

// Proof is made alike, and closes once on each way.
type Proof struct {
	of   sheets
	fail error
	done chan struct{}
}

func (p *Proof) run(ctx context.Context, id int) {
	if err := p.of.Print(ctx, id); err != nil {
		p.fail = err
		close(p.done)
		return
	}
	close(p.done)
}

// Wait gives what went wrong.
func (p *Proof) Wait() error {
	<-p.done
	return p.fail
}
