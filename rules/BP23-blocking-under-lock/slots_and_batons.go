// Sends that have room, a channel that is itself a lock, and a group that is counted in under the
// lock: each waits under a lock only on paper.
package slots

import "sync"

type call struct {
	answer chan string
}

type exchange struct {
	mu    sync.Mutex
	calls map[int]*call
}

func (e *exchange) ask(id int) string {
	c := &call{answer: make(chan string, 1)}
	e.mu.Lock()
	e.calls[id] = c
	e.mu.Unlock()
	return <-c.answer
}

// The slot has room for the one answer, and it is forgotten in the same breath.
func (e *exchange) reply(id int, text string) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if c := e.calls[id]; c != nil {
		delete(e.calls, id)
		c.answer <- text //~ BP23 low
	}
}

type notice struct {
	mu     sync.Mutex
	told   bool
	failed chan error
}

func newNotice() *notice { return &notice{failed: make(chan error, 1)} }

// The flag lets one send through, and there is room for one.
func (n *notice) fail(err error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if !n.told {
		n.told = true
		n.failed <- err //~ BP23 low
	}
}

func (n *notice) reset() error {
	n.mu.Lock()
	n.told = false
	n.mu.Unlock()
	return <-n.failed
}

// A channel of one token is a lock of its own: whoever takes it gives it back.
type device struct {
	state sync.Mutex
	wire  chan struct{}
	open  bool
}

func newDevice() *device {
	d := &device{wire: make(chan struct{}, 1)}
	d.wire <- struct{}{}
	return d
}

func (d *device) send() {
	d.state.Lock()
	defer d.state.Unlock()
	<-d.wire //~ BP23 low
	d.open = true
	d.wire <- struct{}{}
}

func (d *device) beat() {
	<-d.wire
	defer func() { d.wire <- struct{}{} }()
	d.state.Lock()
	defer d.state.Unlock()
	d.open = false
}

// The writers need the lock to be counted in, not to finish.
type file struct {
	mu      sync.Mutex
	closed  bool
	writers sync.WaitGroup
}

func (f *file) write(line string, put func(string)) {
	f.mu.Lock()
	if f.closed {
		f.mu.Unlock()
		return
	}
	f.writers.Add(1)
	f.mu.Unlock()
	defer f.writers.Done()
	put(line)
}

func (f *file) close() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.closed = true
	f.writers.Wait() //~ BP23 low
}
