// Who takes a channel out of the map under the lock is the only one who has it, and closes it behind the lock.
package barrier

import "sync"

// Gates lets those wait who come before their gate is opened.
type Gates struct {
	mu    sync.Mutex
	gates map[int]chan struct{}
}

// New has no gates yet.
func New() *Gates { return &Gates{gates: make(map[int]chan struct{})} }

// At gives the gate of a number.
func (g *Gates) At(number int) <-chan struct{} {
	g.mu.Lock()
	defer g.mu.Unlock()
	gate, ok := g.gates[number]
	if !ok {
		gate = make(chan struct{})
		g.gates[number] = gate
	}
	return gate
}

// Open lets one gate's waiters go.
func (g *Gates) Open(number int) {
	g.mu.Lock()
	gate, ok := g.gates[number]
	delete(g.gates, number)
	g.mu.Unlock()
	if ok {
		close(gate)
	}
}

// OpenAll lets everybody go.
func (g *Gates) OpenAll() {
	g.mu.Lock()
	gates := g.gates
	g.gates = make(map[int]chan struct{})
	g.mu.Unlock()
	for _, gate := range gates {
		close(gate)
	}
}

// Doors are left in the map by one of the two, which the other closes again.
type Doors struct {
	mu    sync.Mutex
	doors map[int]chan struct{}
}

// NewDoors has no doors yet.
func NewDoors() *Doors { return &Doors{doors: make(map[int]chan struct{})} }

// At gives the door of a number.
func (d *Doors) At(number int) <-chan struct{} {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.doors[number] == nil {
		d.doors[number] = make(chan struct{})
	}
	return d.doors[number]
}

// Open lets one door's waiters go, and forgets to take it out.
func (d *Doors) Open(number int) {
	d.mu.Lock()
	door, ok := d.doors[number]
	d.mu.Unlock()
	if ok {
		close(door)
	}
}

// OpenAll lets everybody go.
func (d *Doors) OpenAll() {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, door := range d.doors {
		close(door) //~ BP05 medium
	}
}
