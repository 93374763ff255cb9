// Places that are counted by hand: in a number that is compared, by a flag that is swapped, under a
// key that is asked for. A deferred give is over before the goroutine has begun. A count that refuses
// nobody bounds nothing.
package scanning

import (
	"errors"
	"log"
	"os/exec"
	"sync"
	"sync/atomic"
)

var errBusy = errors.New("busy")

type Scanner struct {
	running atomic.Int32
	seen    atomic.Int64
	whole   atomic.Bool

	mu    sync.Mutex
	open  int
	paths map[string]bool
}

func (s *Scanner) scan(path string) {
	if err := exec.Command("clamscan", path).Run(); err != nil {
		log.Printf("%s: %v, the %d. one", path, err, s.seen.Load())
	}
}

func (s *Scanner) Start(path string) error {
	if s.running.Add(1) > 8 {
		s.running.Add(-1)
		return errBusy
	}
	defer s.running.Add(-1)
	go s.scan(path) //~ BP12 high
	return nil
}

func (s *Scanner) StartAll() error {
	if !s.whole.CompareAndSwap(false, true) {
		return errBusy
	}
	defer s.whole.Store(false)
	go s.scan("/") //~ BP12 high
	return nil
}

func (s *Scanner) StartAllWell() error {
	if !s.whole.CompareAndSwap(false, true) {
		return errBusy
	}
	go func() {
		defer s.whole.Store(false)
		s.scan("/")
	}()
	return nil
}

func (s *Scanner) enter() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.open >= 4 {
		return false
	}
	s.open++
	return true
}

func (s *Scanner) leave() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.open--
}

func (s *Scanner) StartOpen(path string) error {
	if !s.enter() {
		return errBusy
	}
	defer s.leave()
	go s.scan(path) //~ BP12 high
	return nil
}

func (s *Scanner) StartOpenWell(path string) error {
	if !s.enter() {
		return errBusy
	}
	go func() {
		defer s.leave()
		s.scan(path)
	}()
	return nil
}

// The work is done here; what is started beside it is only told of it.
func (s *Scanner) Here(path string) error {
	if !s.enter() {
		return errBusy
	}
	defer s.leave()
	go log.Printf("%s is being scanned", path)
	s.scan(path)
	return nil
}

func (s *Scanner) claim(path string) (func(), bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.paths[path] {
		return nil, false
	}
	s.paths[path] = true
	return func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		delete(s.paths, path)
	}, true
}

func (s *Scanner) StartOnce(path string) error {
	release, ok := s.claim(path)
	if !ok {
		return errBusy
	}
	defer release()
	go s.scan(path) //~ BP12 high
	return nil
}

func (s *Scanner) StartOnceWell(path string) error {
	release, ok := s.claim(path)
	if !ok {
		return errBusy
	}
	go func() {
		defer release()
		s.scan(path)
	}()
	return nil
}

func (s *Scanner) Note(path string) {
	s.seen.Add(1)
	defer s.seen.Add(-1)
	go s.scan(path)
}
