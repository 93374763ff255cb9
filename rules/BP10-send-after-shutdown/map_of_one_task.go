// A map that nothing guards has one user, and what is closed was taken out of it before: no send finds it any more. What
// is left in the map may be found.

package choir

type singer struct {
	notes chan int
	gone  chan struct{}
}

type Choir struct {
	singers map[*singer]bool
}

func (c *Choir) Sing(note int) {
	for s := range c.singers {
		select {
		case s.notes <- note:
		case <-s.gone:
		}
	}
}

func (c *Choir) Dismiss(s *singer) {
	delete(c.singers, s)
	close(s.notes)
}
