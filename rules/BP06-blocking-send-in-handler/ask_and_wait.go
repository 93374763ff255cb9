// A handler asks an actor: the question is sent in a select with the request's context,
// and the actor answers on a channel with room for the one answer.
package stock

import (
	"context"
	"fmt"
	"net/http"
)

type question struct {
	item  string
	reply chan int
}

type Shelf struct {
	ask   chan question
	count map[string]int
}

func NewShelf(count map[string]int) *Shelf {
	return &Shelf{ask: make(chan question), count: count}
}

func (s *Shelf) Run(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case q := <-s.ask:
			q.reply <- s.count[q.item]
		}
	}
}

func (s *Shelf) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	q := question{item: r.FormValue("item"), reply: make(chan int, 1)}
	select {
	case s.ask <- q:
	case <-r.Context().Done():
		return
	}
	select {
	case n := <-q.reply:
		fmt.Fprintln(w, n)
	case <-r.Context().Done():
	}
}
