// A lot is copied out and the rest moved down: that takes from the queue as a cut of its front does. A helper that
// counts up what there is and refuses what is too much bounds it, whatever is counted.
package corner

import (
	"errors"
	"sync"
)

const lot = 16

var errFull = errors.New("full")

type feed struct {
	mu    sync.Mutex
	lines []string
}

func (f *feed) put(line string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.lines = append(f.lines, line) //~ BP01 high
}

func (f *feed) drain(write func([]string)) {
	f.mu.Lock()
	n := len(f.lines)
	if n > lot {
		n = lot
	}
	out := make([]string, n)
	copy(out, f.lines)
	left := copy(f.lines, f.lines[n:])
	f.lines = f.lines[:left]
	f.mu.Unlock()
	write(out)
}

type store struct {
	mu    sync.Mutex
	pages [][]byte
	bytes int
	most  int
}

func (s *store) put(page []byte) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.claim(len(page)); err != nil {
		return err
	}
	s.pages = append(s.pages, page)
	return nil
}

func (s *store) claim(bytes int) error {
	if s.bytes+bytes > s.most {
		return errFull
	}
	s.bytes += bytes
	return nil
}

func (s *store) next() []byte {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.pages) == 0 {
		return nil
	}
	page := s.pages[0]
	s.pages = s.pages[1:]
	s.bytes -= len(page)
	return page
}
