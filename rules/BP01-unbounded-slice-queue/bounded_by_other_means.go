// Four lists that something other than a test of their own length keeps short: they are filled
// anew for each run, hold each name once, wait for their own turn, or share a map's limit.
package crawl

import (
	"errors"
	"sync"
)

var ErrFull = errors.New("crawl: too many pages")

const most = 10_000

type Crawl struct {
	mu      sync.Mutex
	todo    []string
	changed []string
	known   map[string]bool
	waiting []*turn
	late    []string
	since   map[string]int
}

type turn struct{ come chan struct{} }

// Load fills the list for one run.
func (c *Crawl) Load(pages map[string]int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.todo = nil
	for page := range pages {
		c.todo = append(c.todo, page)
	}
}

func (c *Crawl) Next() (string, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.todo) == 0 {
		return "", false
	}
	page := c.todo[0]
	c.todo = c.todo[1:]
	return page, true
}

// Changed keeps each page once: as many as there are pages, a note.
func (c *Crawl) Changed(page string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.known[page] {
		return
	}
	c.known[page] = true
	c.changed = append(c.changed, page) //~ BP01 low
}

func (c *Crawl) NextChanged() (page string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.changed) > 0 {
		page, c.changed = c.changed[0], c.changed[1:]
		delete(c.known, page)
	}
	return page
}

// Enter waits for its turn: each caller has one entry at most.
func (c *Crawl) Enter() {
	t := &turn{come: make(chan struct{})}
	c.mu.Lock()
	c.waiting = append(c.waiting, t)
	c.mu.Unlock()
	<-t.come
}

func (c *Crawl) Leave() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.waiting) > 0 {
		t := c.waiting[0]
		c.waiting = c.waiting[1:]
		close(t.come)
	}
}

// Late is as long as the map beside it, and the map has a limit.
func (c *Crawl) Late(page string, day int) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.since) >= most {
		return ErrFull
	}
	c.since[page] = day
	c.late = append(c.late, page)
	return nil
}

func (c *Crawl) Oldest() (page string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.late) > 0 {
		page = c.late[0]
		c.late = c.late[1:]
		delete(c.since, page)
	}
	return page
}
