// What is kept for each guest until he says how far he has got: who never says so has all of it kept. Where the window is full an order is turned away, and it stays as long as it may be.
package courses

import (
	"errors"
	"sync"
)

var errBehind = errors.New("courses: the guest is behind")

type dish struct {
	number uint64
	name   string
}

type table struct {
	mu     sync.Mutex
	served map[string][]dish
}

func (t *table) Serve(guest string, d dish) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.served[guest] = append(t.served[guest], d) //~ BP01 high
}

// Eaten forgets what came before a number.
func (t *table) Eaten(guest string, upTo uint64) {
	t.mu.Lock()
	defer t.mu.Unlock()
	dishes := t.served[guest]
	for len(dishes) > 0 && dishes[0].number <= upTo {
		dishes = dishes[1:]
	}
	t.served[guest] = dishes
}

type counter struct {
	mu      sync.Mutex
	ordered map[string][]dish
}

func (c *counter) Order(guest string, d dish) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.ordered[guest]) >= 12 {
		return errBehind
	}
	c.ordered[guest] = append(c.ordered[guest], d)
	return nil
}

func (c *counter) Fetched(guest string, upTo uint64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	dishes := c.ordered[guest]
	for len(dishes) > 0 && dishes[0].number <= upTo {
		dishes = dishes[1:]
	}
	c.ordered[guest] = dishes
}
