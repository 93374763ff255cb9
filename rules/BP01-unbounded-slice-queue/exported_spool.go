// The slice is an exported field: code out of view may keep it short, so the claim loses a step.
package spool

import "sync"

type Entry struct {
	Host string
	Line string
}

type Spool struct {
	sync.Mutex
	Pending []Entry
}

func (s *Spool) Write(host, line string) {
	s.Lock()
	defer s.Unlock()
	s.Pending = append(s.Pending, Entry{Host: host, Line: line}) //~ BP01 medium
}

func (s *Spool) Take() (Entry, bool) {
	s.Lock()
	defer s.Unlock()
	if len(s.Pending) == 0 {
		return Entry{}, false
	}
	e := s.Pending[0]
	s.Pending[0] = Entry{}
	s.Pending = s.Pending[1:]
	return e, true
}
