// The numbers of a queue stand side by side in a literal: one plan that cannot keep what it
// promises, and one that can.

package lookup

import "context"

type plan struct {
	workers  int
	room     int
	jobMs    int
	targetMs int
	sloMs    int
}

var street = plan{
	workers: 5,
	room:    900, //~ BP19 medium
	jobMs:   40,
	sloMs:   300,
}

var parcel = plan{
	workers: 5,
	room:    30,
	jobMs:   40,
	sloMs:   300,
}

type pool struct{ words chan string }

func start(ctx context.Context, p plan, look func(context.Context, string)) *pool {
	words := make(chan string, p.room)
	for i := 0; i < p.workers; i++ {
		go func() {
			for {
				select {
				case <-ctx.Done():
					return
				case word := <-words:
					look(ctx, word)
				}
			}
		}()
	}
	return &pool{words: words}
}

func (p *pool) ask(word string) bool {
	select {
	case p.words <- word:
		return true
	default:
		return false
	}
}

func both(ctx context.Context, look func(context.Context, string)) (*pool, *pool) {
	return start(ctx, street, look), start(ctx, parcel, look)
}
