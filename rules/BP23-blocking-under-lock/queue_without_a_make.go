// Where the channel is made is not in view. Its receiver goes on and on and needs the lock: whatever room there is, it is used up some day.
package ledger

import "sync"

type entry struct{ cents int64 }

// Ledger passes entries on.
type Ledger struct {
	mu      sync.Mutex
	total   int64
	entries chan entry
}

// Over takes its channel from whoever has made it.
func Over(entries chan entry) *Ledger { return &Ledger{entries: entries} }

// Book adds an entry.
func (l *Ledger) Book(e entry) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.total += e.cents
	l.entries <- e //~ BP23 medium
}

// Write writes all entries.
func (l *Ledger) Write(write func(entry, int64)) {
	for e := range l.entries {
		l.mu.Lock()
		total := l.total
		l.mu.Unlock()
		write(e, total)
	}
}

type question struct{ answer chan int64 }

// Totals answers questions.
type Totals struct {
	mu    sync.Mutex
	total int64
}

// Answer puts the total into the slot of whoever asks.
func (t *Totals) Answer(q question) {
	t.mu.Lock()
	defer t.mu.Unlock()
	q.answer <- t.total //~ BP23 low
}

// Ask waits for the answer.
func (t *Totals) Ask(q question) int64 {
	t.mu.Lock()
	t.total++
	t.mu.Unlock()
	return <-q.answer
}
