// Full branches that lose nothing: a buffer goes back to a free list, the first error of many is kept,
// the caller sees that nobody took its request, and a position in a list is no limit of it.
package scan

import "sync"

type Scanner struct {
	mu      sync.Mutex
	seen    []int
	rescans chan chan int
	// spent keeps buffers for the next read, so that they are not made anew.
	spent chan []byte
}

func New() *Scanner {
	return &Scanner{rescans: make(chan chan int), spent: make(chan []byte, 16)}
}

func (s *Scanner) take() []byte {
	select {
	case buf := <-s.spent:
		return buf
	default:
		return make([]byte, 4096)
	}
}

func (s *Scanner) giveBack(buf []byte) {
	select {
	case s.spent <- buf:
	default:
	}
}

// Run reads all parts side by side and returns the first error.
func (s *Scanner) Run(parts []func([]byte) error) error {
	var running sync.WaitGroup
	failed := make(chan error, 1)
	for _, part := range parts {
		part := part
		running.Add(1)
		go func() {
			defer running.Done()
			buf := s.take()
			defer s.giveBack(buf)
			if err := part(buf); err != nil {
				select {
				case failed <- err:
				default:
				}
			}
		}()
	}
	running.Wait()
	select {
	case err := <-failed:
		return err
	default:
		return nil
	}
}

// Mark notes a number once.
func (s *Scanner) Mark(at, number int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if at < len(s.seen) && s.seen[at] == number {
		return
	}
	s.seen = append(s.seen, number)
}

// Last takes the newest number out.
func (s *Scanner) Last() (number int, ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.seen) == 0 {
		return 0, false
	}
	number = s.seen[len(s.seen)-1]
	s.seen = s.seen[:len(s.seen)-1]
	return number, true
}
