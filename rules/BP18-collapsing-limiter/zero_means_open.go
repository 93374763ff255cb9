// Right: zero is a state of its own here. The clock, not a success, opens the
// door again with a single probe.

package breaker

import (
	"sync"
	"time"
)

const rest = 5 * time.Second

type Breaker struct {
	mu     sync.Mutex
	limit  int
	busy   int
	reopen time.Time
}

func New(limit int) *Breaker { return &Breaker{limit: limit} }

func (b *Breaker) TryAcquire(now time.Time) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.limit == 0 && now.After(b.reopen) {
		b.limit = 1
	}
	if b.busy >= b.limit {
		return false
	}
	b.busy++
	return true
}

func (b *Breaker) Done(ok bool, now time.Time) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.busy--
	if ok {
		b.limit++
		return
	}
	if b.limit /= 2; b.limit == 0 {
		b.reopen = now.Add(rest)
	}
}
