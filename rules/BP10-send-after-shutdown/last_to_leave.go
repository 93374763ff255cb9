// Who sends counts itself out as it leaves, and the last one closes: no send is left by then. Where the first one that
// leaves closes, the others are still at it.

package presses

import (
	"context"
	"sync/atomic"
)

type lane[T any] struct {
	sheets chan T
	at     atomic.Int32
}

func (l *lane[T]) leave() {
	if l.at.Add(-1) == 0 {
		close(l.sheets)
	}
}

func (l *lane[T]) pass(ctx context.Context, sheet T) bool {
	select {
	case l.sheets <- sheet: //~ BP10 low
		return true
	case <-ctx.Done():
		return false
	}
}

func newLane[T any](at int32) *lane[T] {
	l := &lane[T]{sheets: make(chan T, at)}
	l.at.Store(at)
	return l
}

// Feed passes on what next yields.
func Feed[T any](ctx context.Context, next func() (T, bool)) <-chan T {
	l := newLane[T](1)
	go func() {
		defer l.leave()
		for sheet, more := next(); more; sheet, more = next() {
			if !l.pass(ctx, sheet) {
				return
			}
		}
	}()
	return l.sheets
}

// Fold has some folders work on what comes in.
func Fold[T any](ctx context.Context, in <-chan T, folders int32, fold func(T) T) <-chan T {
	l := newLane[T](folders)
	for i := int32(0); i < folders; i++ {
		go func() {
			defer l.leave()
			for sheet := range in {
				if !l.pass(ctx, fold(sheet)) {
					return
				}
			}
		}()
	}
	return l.sheets
}

type chute struct {
	bales chan int
}

func (c *chute) shut() {
	close(c.bales)
}

func (c *chute) drop(ctx context.Context, bale int) bool {
	select {
	case c.bales <- bale: //~ BP10 high
		return true
	case <-ctx.Done():
		return false
	}
}

// Bale has two kinds of work feed one chute.
func Bale(ctx context.Context, straw, hay <-chan int) <-chan int {
	c := &chute{bales: make(chan int, 4)}
	go func() {
		defer c.shut()
		for bale := range straw {
			if !c.drop(ctx, bale) {
				return
			}
		}
	}()
	go func() {
		defer c.shut()
		for bale := range hay {
			if !c.drop(ctx, bale) {
				return
			}
		}
	}()
	return c.bales
}
