// The new root gets the name that contexts have, in a method whose receiver has the context that
// Stop ends.
package kiln

import (
	"context"
	"time"
)

type Ware struct{ Name string }

type Oven interface {
	Fire(ctx context.Context, w Ware) error
	Cool(ctx context.Context) error
}

type Kiln struct {
	oven   Oven
	ctx    context.Context
	cancel context.CancelFunc
	ended  chan struct{}
}

func Light(parent context.Context, oven Oven) *Kiln {
	ctx, cancel := context.WithCancel(parent)
	k := &Kiln{oven: oven, ctx: ctx, cancel: cancel, ended: make(chan struct{})}
	go k.burn()
	return k
}

func (k *Kiln) Stop() {
	k.cancel()
	<-k.ended
}

func (k *Kiln) burn() {
	defer close(k.ended)
	turn := time.NewTicker(time.Minute)
	defer turn.Stop()
	for {
		select {
		case <-k.ctx.Done():
			return
		case <-turn.C:
			if k.fire(Ware{"cup"}) != nil || k.again(Ware{"cup"}) != nil || k.ash() != nil {
				return
			}
		}
	}
}

func (k *Kiln) fire(w Ware) error {
	ctx, cancel := context.WithTimeout(context.Background(), time.Hour) //~ BP20 medium
	defer cancel()
	return k.oven.Fire(ctx, w)
}

func (k *Kiln) again(w Ware) error {
	ctx, cancel := context.WithTimeout(k.ctx, time.Hour)
	defer cancel()
	return k.oven.Fire(ctx, w)
}

func bare() context.Context { return context.Background() }

func (k *Kiln) ash() error {
	return k.oven.Cool(bare()) //~ BP20 medium
}
