// Room that is spent on the way in and given back on the way out bounds a list, also in a helper that
// refuses, and so does a slot that is waited for before the helper which puts in. Where nobody looks at what is
// left, or the slot comes after, nothing does.
package pantry

import (
	"container/list"
	"context"
	"errors"
	"sync"
)

var ErrNoRoom = errors.New("pantry: no room")

type Jar struct {
	Label string
	Size  int
}

type Shelf struct {
	mu   sync.Mutex
	left int
	jars []Jar
}

func NewShelf(room int) *Shelf { return &Shelf{left: room} }

func (s *Shelf) Put(jar Jar) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.spend(jar.Size); err != nil {
		return err
	}
	s.jars = append(s.jars, jar)
	return nil
}

func (s *Shelf) spend(size int) error {
	if size > s.left {
		return ErrNoRoom
	}
	s.left -= size
	return nil
}

func (s *Shelf) Take() (Jar, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.jars) == 0 {
		return Jar{}, false
	}
	jar := s.jars[0]
	s.jars = s.jars[1:]
	s.left += jar.Size
	return jar, true
}

type Floor struct {
	mu   sync.Mutex
	left int
	jars []Jar
}

func (f *Floor) Put(jar Jar) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.left -= jar.Size
	f.jars = append(f.jars, jar) //~ BP01 high
}

func (f *Floor) Take() (Jar, bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if len(f.jars) == 0 {
		return Jar{}, false
	}
	jar := f.jars[0]
	f.jars = f.jars[1:]
	f.left += jar.Size
	return jar, true
}

func (f *Floor) Left() int { return f.left }

type Rack struct {
	slots chan struct{}
	mu    sync.Mutex
	jars  *list.List
}

func NewRack(size int) *Rack {
	return &Rack{slots: make(chan struct{}, size), jars: list.New()}
}

func (r *Rack) Put(ctx context.Context, jar Jar) error {
	select {
	case r.slots <- struct{}{}:
	case <-ctx.Done():
		return ctx.Err()
	}
	r.insert(jar)
	return nil
}

func (r *Rack) insert(jar Jar) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.jars.PushBack(jar)
}

func (r *Rack) Take() (Jar, bool) {
	r.mu.Lock()
	first := r.jars.Front()
	if first == nil {
		r.mu.Unlock()
		return Jar{}, false
	}
	jar := r.jars.Remove(first).(Jar)
	r.mu.Unlock()
	<-r.slots
	return jar, true
}

type Bin struct {
	slots chan struct{}
	mu    sync.Mutex
	jars  *list.List
}

func NewHeap(size int) *Bin {
	return &Bin{slots: make(chan struct{}, size), jars: list.New()}
}

func (h *Bin) Put(jar Jar) bool {
	h.insert(jar)
	select {
	case h.slots <- struct{}{}:
		return true
	default:
		return false
	}
}

func (h *Bin) insert(jar Jar) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.jars.PushBack(jar) //~ BP01 high
}

func (h *Bin) Take() (Jar, bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	first := h.jars.Front()
	if first == nil {
		return Jar{}, false
	}
	return h.jars.Remove(first).(Jar), true
}

func (h *Bin) Count() { <-h.slots }
