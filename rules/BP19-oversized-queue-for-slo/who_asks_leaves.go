// No name says objective, but who asks leaves after a while, and says where that comes from.

package tariff

import (
	"context"
	"errors"
	"time"
)

const (
	clerks   = 4
	waiting  = 2000
	callTime = 50 * time.Millisecond // of one call, as measured
	patience = 400 * time.Millisecond
)

var errBusy = errors.New("tariff: busy")

type question struct {
	zone  string
	price chan int
}

type desk struct{ questions chan question }

func open(ctx context.Context, call func(context.Context, string) int) *desk {
	d := &desk{questions: make(chan question, waiting)} //~ BP19 medium
	for i := 0; i < clerks; i++ {
		go d.clerk(ctx, call)
	}
	return d
}

func (d *desk) clerk(ctx context.Context, call func(context.Context, string) int) {
	for {
		select {
		case q := <-d.questions:
			q.price <- call(ctx, q.zone)
		case <-ctx.Done():
			return
		}
	}
}

func (d *desk) price(ctx context.Context, zone string) (int, error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	q := question{zone: zone, price: make(chan int, 1)}
	select {
	case d.questions <- q:
	default:
		return 0, errBusy
	}
	select {
	case price := <-q.price:
		return price, nil
	case <-ctx.Done():
		return 0, ctx.Err()
	}
}
