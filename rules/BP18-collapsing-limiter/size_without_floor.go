// The size of what may run, halved in a case of a switch; beside it the same with a floor.

package pumps

import "sync"

type basin struct {
	mu      sync.Mutex
	size    int
	most    int
	running int
}

func (b *basin) enter() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.running >= b.size {
		return false
	}
	b.running++
	return true
}

func (b *basin) leave(ok bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.running--
	switch {
	case !ok:
		b.size /= 2 //~ BP18 high
	case b.size < b.most:
		b.size++
	}
}

type tank struct {
	mu      sync.Mutex
	size    int
	running int
}

func (t *tank) enter() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.running >= t.size {
		return false
	}
	t.running++
	return true
}

func (t *tank) leave(ok bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.running--
	switch {
	case !ok:
		if t.size /= 2; t.size < 1 {
			t.size = 1
		}
	case t.size < 64:
		t.size++
	}
}

// Plant holds both.
type Plant struct {
	basin basin
	tank  tank
}

// New returns a plant that lets up to most run at once.
func New(most int) *Plant {
	return &Plant{basin: basin{size: most, most: most}, tank: tank{size: 64}}
}

// Run runs the job, unless there is too much already.
func (p *Plant) Run(job func() error) (bool, error) {
	if !p.basin.enter() {
		return false, nil
	}
	err := job()
	p.basin.leave(err == nil)
	return true, err
}

// Fill does the same with the tank.
func (p *Plant) Fill(job func() error) (bool, error) {
	if !p.tank.enter() {
		return false, nil
	}
	err := job()
	p.tank.leave(err == nil)
	return true, err
}

const low, high = 2, 128

// locks lets through as many barges as the water allows.
type locks struct {
	mu      sync.Mutex
	open    int
	running int
}

func (l *locks) enter() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.running >= l.open {
		return false
	}
	l.running++
	return true
}

// leave halves what is open only where enough is left of it.
func (l *locks) leave(err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.running--
	switch {
	case err == nil && l.open < high:
		l.open++
	case err != nil && l.open/2 >= low:
		l.open /= 2
	case err != nil:
		l.open = low
	}
}

// NewLocks returns what lets barges through one by one.
func NewLocks() func(barge func() error) bool {
	l := &locks{open: high}
	return func(barge func() error) bool {
		if !l.enter() {
			return false
		}
		l.leave(barge())
		return true
	}
}
