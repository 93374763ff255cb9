// The constants are times, and not those of a job and its objective: how long an offer is held,
// and what a slow start may take. A job that alone takes longer than the objective is none.
package offers

import (
	"context"
	"time"
)

const (
	holdDuration = 2 * time.Minute
	sloStart     = 30 * time.Second
)

type Book struct {
	offers chan string
}

func Open(ctx context.Context, take func(context.Context, string)) *Book {
	ctx, cancel := context.WithTimeout(ctx, sloStart+holdDuration)
	b := &Book{offers: make(chan string, 64)}
	go func() {
		defer cancel()
		for {
			select {
			case <-ctx.Done():
				return
			case o := <-b.offers:
				take(ctx, o)
			}
		}
	}()
	return b
}

func (b *Book) Offer(o string) bool {
	select {
	case b.offers <- o:
		return true
	default:
		return false
	}
}
