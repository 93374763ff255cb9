// A method that its comment calls an RPC is one by its shape, though nothing generated is in view: places that
// are taken inside the goroutine bound the work and not the goroutines. The side that calls is no handler.
package preview

import (
	"context"
	"sync"
)

type DrawRequest struct{ Page int }
type DrawReply struct{ Order string }

type Studio struct {
	places chan struct{}
	work   sync.WaitGroup
}

func NewStudio(side int) *Studio {
	return &Studio{places: make(chan struct{}, side)}
}

// Draw is the RPC that orders a picture.
func (s *Studio) Draw(ctx context.Context, asked *DrawRequest) (*DrawReply, error) {
	s.work.Add(1)
	go s.paint(asked.Page) //~ BP03 high
	return &DrawReply{Order: "taken"}, nil
}

// DrawNow is the RPC that waits for a place first.
func (s *Studio) DrawNow(ctx context.Context, asked *DrawRequest) (*DrawReply, error) {
	select {
	case s.places <- struct{}{}:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	s.work.Add(1)
	go func() {
		defer s.work.Done()
		defer func() { <-s.places }()
		brush(asked.Page)
	}()
	return &DrawReply{Order: "begun"}, nil
}

func (s *Studio) paint(page int) {
	defer s.work.Done()
	s.places <- struct{}{}
	defer func() { <-s.places }()
	brush(page)
}

func (s *Studio) Close() {
	s.work.Wait()
}

func brush(page int) {}

type StudioClient struct{ near *Studio }

// Draw calls the RPC beside what it does itself.
func (c *StudioClient) Draw(ctx context.Context, asked *DrawRequest) (*DrawReply, error) {
	go brush(asked.Page)
	return c.near.DrawNow(ctx, asked)
}
