// A subscriber closes its own queue when it leaves. Who tells all from a copy of the list may have it still:
// the send panics. Who tells them with the lock held that the removal takes does not.
package radio

import (
	"context"
	"sync"
	"sync/atomic"
)

var missed atomic.Int64

// Missed is how often somebody was too slow.
func Missed() int64 { return missed.Load() }

type listener struct{ songs chan string }

type station struct {
	mu        sync.RWMutex
	listeners map[*listener]struct{}
}

func (s *station) all() []*listener {
	s.mu.RLock()
	defer s.mu.RUnlock()
	var all []*listener
	for l := range s.listeners {
		all = append(all, l)
	}
	return all
}

func (s *station) play(song string) {
	for _, l := range s.all() {
		select {
		case l.songs <- song:
		default:
			missed.Add(1)
		}
	}
}

func (s *station) tuneIn() *listener {
	l := &listener{songs: make(chan string, 8)}
	s.mu.Lock()
	s.listeners[l] = struct{}{}
	s.mu.Unlock()
	return l
}

func (s *station) leave(l *listener) {
	s.mu.Lock()
	delete(s.listeners, l)
	s.mu.Unlock()
}

func (s *station) hear(ctx context.Context, l *listener, write func(string) error) error {
	defer func() {
		s.leave(l)
		close(l.songs) //~ BP13 medium
	}()
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case song := <-l.songs:
			if err := write(song); err != nil {
				return err
			}
		}
	}
}

type reader struct{ pages chan string }

type press struct {
	mu      sync.RWMutex
	readers map[*reader]struct{}
}

func (p *press) print(page string) {
	p.mu.RLock()
	defer p.mu.RUnlock()
	for r := range p.readers {
		select {
		case r.pages <- page:
		default:
			missed.Add(1)
		}
	}
}

func (p *press) subscribe() *reader {
	r := &reader{pages: make(chan string, 8)}
	p.mu.Lock()
	p.readers[r] = struct{}{}
	p.mu.Unlock()
	return r
}

func (p *press) end(r *reader) {
	p.mu.Lock()
	delete(p.readers, r)
	p.mu.Unlock()
}

func (p *press) read(ctx context.Context, r *reader, show func(string)) {
	defer func() {
		p.end(r)
		close(r.pages)
	}()
	for {
		select {
		case <-ctx.Done():
			return
		case page := <-r.pages:
			show(page)
		}
	}
}
