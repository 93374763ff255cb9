// Right: the deferred close is for failure only, and the goroutine closes what it was given. The
// lock guards the decision to start; the loop owns what it writes.
package tail

import (
	"bufio"
	"io"
	"os"
	"sync"
)

type Tail struct {
	mu      sync.Mutex
	started bool
	lines   int
	stop    chan struct{}
	next    func() (string, bool)
}

func Follow(path string, each func(string)) (err error) {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			f.Close()
		}
	}()
	if _, err = f.Seek(0, io.SeekEnd); err != nil {
		return err
	}
	go func() {
		defer f.Close()
		in := bufio.NewScanner(f)
		for in.Scan() {
			each(in.Text())
		}
	}()
	return nil
}

func (t *Tail) Start() {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.started {
		return
	}
	t.started = true
	go t.loop()
}

func (t *Tail) loop() {
	for {
		select {
		case <-t.stop:
			return
		default:
		}
		if _, ok := t.next(); ok {
			t.lines++
		}
	}
}

// Lines is for after the stop.
func (t *Tail) Lines() int { return t.lines }

func (t *Tail) Stop() { close(t.stop) }
