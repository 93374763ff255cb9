// Right: the loop is in a helper, the lock that makes it safe is taken by both
// of the methods that call it.

package gauge

import "sync"

type Sample struct {
	Sensor int
	Milli  int64
}

type Board struct {
	mu      sync.Mutex
	samples chan Sample
	dropped int
}

func NewBoard(size int) *Board {
	return &Board{samples: make(chan Sample, size+1)}
}

func (b *Board) Put(s Sample) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.putLocked(s)
}

func (b *Board) PutAll(all []Sample) (dropped int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, s := range all {
		b.putLocked(s)
	}
	return b.dropped
}

func (b *Board) putLocked(s Sample) {
	for {
		select {
		case b.samples <- s:
			return
		default:
		}
		select {
		case <-b.samples:
			b.dropped++
		default:
		}
	}
}

func (b *Board) Samples() <-chan Sample { return b.samples }
