// A method that fills a list of its own and returns it puts nothing into the value that it is called
// on, though another method of that type cuts a list short.
package segments

import "sync"

type segment struct{ first uint64 }

type files struct{ open []segment }

func (f *files) after(from uint64) []segment {
	var found []segment
	for _, one := range f.open {
		if one.first >= from {
			found = append(found, one)
		}
	}
	return found
}

func (f *files) oldest() (segment, bool) {
	rest := f.open
	if len(rest) == 0 {
		return segment{}, false
	}
	left := make([]segment, len(rest))
	copy(left, rest)
	one := left[0]
	left = left[1:]
	return one, len(left) > 0
}

type Store struct {
	mu    sync.Mutex
	files *files
}

func Open(open []segment) *Store { return &Store{files: &files{open: open}} }

func (s *Store) Count(from uint64) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.files.after(from))
}

func (s *Store) Oldest() uint64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	one, _ := s.files.oldest()
	return one.first
}
