// Right: a ticket number, a generation and a failure streak. Each is read by
// the code that moves it on.

package lease

import "sync"

type Table struct {
	mu         sync.Mutex
	ticket     uint64
	generation int
	streak     int
	owners     map[string]int
}

func New() *Table { return &Table{owners: map[string]int{}} }

func (t *Table) Ticket() (n uint64) {
	t.mu.Lock()
	defer t.mu.Unlock()
	n, t.ticket = t.ticket, t.ticket+1
	return n
}

func (t *Table) Take(name string) (generation int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.generation++
	t.owners[name] = t.generation
	return t.owners[name]
}

// Renewed says whether the lease may be kept.
func (t *Table) Renewed(ok bool) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	if ok {
		t.streak = 0
		return true
	}
	t.streak++
	return t.streak < 3
}
