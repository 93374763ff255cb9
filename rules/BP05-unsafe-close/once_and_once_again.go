// A once for each of two closes, and a test in another critical section than its flag's, spare nobody the second close.
package feeder

import "sync"

// Feeder has two ways to its end, each of which happens once: both can happen.
type Feeder struct {
	halt  chan struct{}
	stops sync.Once
	fails sync.Once

	mu  sync.Mutex
	err error
}

// New starts to feed.
func New(feed func() error) *Feeder {
	f := &Feeder{halt: make(chan struct{})}
	go func() {
		if err := feed(); err != nil {
			f.fail(err)
		}
	}()
	return f
}

// Stop ends it.
func (f *Feeder) Stop() {
	f.stops.Do(func() { close(f.halt) })
}

// Halted is closed at the end.
func (f *Feeder) Halted() <-chan struct{} { return f.halt }

func (f *Feeder) fail(err error) {
	f.fails.Do(func() {
		f.mu.Lock()
		f.err = err
		f.mu.Unlock()
		close(f.halt) //~ BP05 high
	})
}

// Single has one once for both.
type Single struct {
	halt chan struct{}
	ends sync.Once
	err  error
}

// NewSingle starts to feed.
func NewSingle(feed func() error) *Single {
	s := &Single{halt: make(chan struct{})}
	go func() {
		if err := feed(); err != nil {
			s.fail(err)
		}
	}()
	return s
}

// Stop ends it.
func (s *Single) Stop() {
	s.ends.Do(func() { close(s.halt) })
}

// Halted is closed at the end, when the error may be read.
func (s *Single) Halted() <-chan struct{} { return s.halt }

func (s *Single) fail(err error) {
	s.ends.Do(func() {
		s.err = err
		close(s.halt)
	})
}

// Guest reads under one lock and writes under the next.
type Guest struct {
	quit chan struct{}

	mu   sync.RWMutex
	left bool
	why  string
}

// Welcome hears what a guest says.
func Welcome(hear func() error) *Guest {
	g := &Guest{quit: make(chan struct{})}
	go g.listen(hear)
	return g
}

func (g *Guest) listen(hear func() error) {
	if err := hear(); err != nil {
		g.leave(err.Error())
	}
}

// Send sends the guest away.
func (g *Guest) Send(why string) { g.leave(why) }

// Gone is closed when the guest has left.
func (g *Guest) Gone() <-chan struct{} { return g.quit }

func (g *Guest) leave(why string) {
	g.mu.RLock()
	left := g.left
	g.mu.RUnlock()
	if left {
		return
	}
	g.mu.Lock()
	g.left, g.why = true, why
	g.mu.Unlock()
	close(g.quit) //~ BP05 medium
}

// Lodger reads and writes in one step, and closes behind it.
type Lodger struct {
	quit chan struct{}

	mu   sync.Mutex
	left bool
}

// Lodge hears what a lodger says.
func Lodge(hear func() error) *Lodger {
	l := &Lodger{quit: make(chan struct{})}
	go l.listen(hear)
	return l
}

func (l *Lodger) listen(hear func() error) {
	if err := hear(); err != nil {
		l.leave()
	}
}

// Send sends the lodger away.
func (l *Lodger) Send() { l.leave() }

// Gone is closed when the lodger has left.
func (l *Lodger) Gone() <-chan struct{} { return l.quit }

func (l *Lodger) leave() {
	l.mu.Lock()
	left := l.left
	l.left = true
	l.mu.Unlock()
	if left {
		return
	}
	close(l.quit)
}
