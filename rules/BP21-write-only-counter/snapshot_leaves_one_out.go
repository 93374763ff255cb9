// Three counters in a nested struct and a snapshot that copies them one by
// one. The third was added later, and the snapshot was not touched.

package orderbook

import "sync"

type Snapshot struct {
	Added, Matched int
}

type Book struct {
	mu    sync.Mutex
	bids  map[int64]int64
	stats struct {
		added, matched, crossed int
	}
}

func New() *Book { return &Book{bids: map[int64]int64{}} }

func (b *Book) Bid(price, size, bestAsk int64) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if price > bestAsk {
		b.stats.crossed++ //~ BP21 high
	}
	if price >= bestAsk {
		b.stats.matched++
		return
	}
	b.bids[price] += size
	b.stats.added++
}

func (b *Book) Depth(price int64) int64 {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.bids[price]
}

func (b *Book) Snapshot() Snapshot {
	b.mu.Lock()
	defer b.mu.Unlock()
	return Snapshot{Added: b.stats.added, Matched: b.stats.matched}
}
