// Right: the cut repeats its swap until it is the one that changed the limit,
// and a raise that loses its swap is simply not made.

package adaptive

import "sync/atomic"

type Limit struct {
	n       atomic.Int64
	ceiling int64
}

func New(start, ceiling int64) *Limit {
	l := &Limit{ceiling: ceiling}
	l.n.Store(start)
	return l
}

func (l *Limit) Get() int64 { return l.n.Load() }

func (l *Limit) OnOverload() {
	for {
		old := l.n.Load()
		cut := old / 2
		if cut < 1 {
			cut = 1
		}
		if l.n.CompareAndSwap(old, cut) {
			return
		}
	}
}

func (l *Limit) OnSuccess() {
	if old := l.n.Load(); old < l.ceiling {
		l.n.CompareAndSwap(old, old+1)
	}
}
