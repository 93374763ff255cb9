// A place that is held around a call is free again when the call returns. A call that only starts the work
// returns at once; one that does it, or a note that is sent after it, is another thing.
package bakery

import (
	"context"
	"log"
	"sync"
)

type seats struct{ free chan struct{} }

func (s *seats) in(work func()) {
	s.free <- struct{}{}
	defer func() { <-s.free }()
	work()
}

type oven interface {
	Bake(ctx context.Context, loaf int) error
}

type bakery struct {
	seats *seats
	oven  oven
	begun sync.WaitGroup
}

func newBakery(o oven, most int) *bakery {
	return &bakery{seats: &seats{free: make(chan struct{}, most)}, oven: o}
}

func (b *bakery) begunInSeats(ctx context.Context, loaves []int) {
	for _, loaf := range loaves {
		loaf := loaf
		b.seats.in(func() { b.begin(ctx, loaf) })
	}
}

func (b *bakery) begin(ctx context.Context, loaf int) {
	b.begun.Add(1)
	go func() { //~ BP12 high
		defer b.begun.Done()
		b.bake(ctx, loaf)
	}()
}

func (b *bakery) bakedInSeats(ctx context.Context, loaves []int) {
	for _, loaf := range loaves {
		loaf := loaf
		go b.seats.in(func() { b.bake(ctx, loaf) })
	}
}

func (b *bakery) bakedAndTold(ctx context.Context, loaf int) {
	b.seats.in(func() {
		b.bake(ctx, loaf)
		b.tell(loaf)
	})
}

func (b *bakery) tell(loaf int) {
	go func() { log.Printf("loaf %d is ready", loaf) }()
}

func (b *bakery) bake(ctx context.Context, loaf int) {
	if err := b.oven.Bake(ctx, loaf); err != nil {
		log.Printf("loaf %d: %v", loaf, err)
	}
}
