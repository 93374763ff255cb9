// Sends that find room because of how often they can come: once, right before the close; once, by
// who wins a swap; as often as the number says that the channel was made for.
package jobs

import (
	"net/http"
	"sync"
	"sync/atomic"
)

type job struct{ failed chan error }

type Server struct {
	mu      sync.Mutex
	open    map[string]*job
	ended   atomic.Bool
	last    chan string
	running map[string]int
	waiting map[string]chan int
	log     chan string
}

func New() *Server {
	return &Server{
		open:    map[string]*job{},
		last:    make(chan string, 1),
		running: map[string]int{},
		waiting: map[string]chan int{},
		log:     make(chan string, 1),
	}
}

func newJob() *job { return &job{failed: make(chan error, 1)} }

func (s *Server) Add(name string) <-chan error {
	s.mu.Lock()
	defer s.mu.Unlock()
	j := newJob()
	s.open[name] = j
	s.running[name]++
	return j.failed
}

func (s *Server) cancel(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	open := s.open
	s.open = map[string]*job{}
	s.mu.Unlock()
	for _, j := range open {
		j.failed <- http.ErrAbortHandler
		close(j.failed)
	}
}

func (s *Server) end(w http.ResponseWriter, r *http.Request) {
	if !s.ended.CompareAndSwap(false, true) {
		return
	}
	s.last <- r.URL.Path
}

func (s *Server) done(w http.ResponseWriter, r *http.Request) {
	name := r.URL.Path
	s.mu.Lock()
	s.running[name]--
	left := s.running[name]
	ch, ok := s.waiting[name]
	s.mu.Unlock()
	if ok {
		ch <- left //~ BP06 low
	}
	s.log <- name //~ BP06 high
}

func (s *Server) Wait(name string) {
	s.mu.Lock()
	left := s.running[name]
	ch := make(chan int, left)
	s.waiting[name] = ch
	s.mu.Unlock()
	for n := range ch {
		if n == 0 {
			return
		}
	}
}

func (s *Server) Last() string { return <-s.last }

func (s *Server) Line() string { return <-s.log }

func (s *Server) Register(mux *http.ServeMux) {
	mux.HandleFunc("/cancel", s.cancel)
	mux.HandleFunc("/end", s.end)
	mux.HandleFunc("/done", s.done)
}
