// Whoever asks waits for the load with the lock held that the load takes before it says it is done.
package shelf

import (
	"context"
	"sync"
)

// Printer makes a page.
type Printer interface {
	Print(ctx context.Context, name string) (string, error)
}

type print struct {
	done chan struct{}
	page string
	err  error
}

// Pages prints each page once.
type Pages struct {
	mu       sync.Mutex
	pages    map[string]string
	prints   map[string]*print
	printer  Printer
	lifetime context.Context
}

// Page returns a page.
func (p *Pages) Page(ctx context.Context, name string) (string, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if page, ok := p.pages[name]; ok {
		return page, nil
	}
	at, ok := p.prints[name]
	if !ok {
		at = &print{done: make(chan struct{})}
		p.prints[name] = at
		go p.fill(name, at)
	}
	select { //~ BP23 high
	case <-at.done:
		return at.page, at.err
	case <-ctx.Done():
		return "", ctx.Err()
	}
}

func (p *Pages) fill(name string, at *print) {
	at.page, at.err = p.printer.Print(p.lifetime, name)
	p.mu.Lock()
	delete(p.prints, name)
	if at.err == nil {
		p.pages[name] = at.page
	}
	p.mu.Unlock()
	close(at.done)
}

type sketch struct {
	done chan struct{}
	page string
	err  error
}

// Sketches is right: it lets go of the lock before it waits.
type Sketches struct {
	mu       sync.Mutex
	sketches map[string]*sketch
	printer  Printer
	lifetime context.Context
}

// Page returns a page.
func (s *Sketches) Page(ctx context.Context, name string) (string, error) {
	s.mu.Lock()
	at, ok := s.sketches[name]
	if !ok {
		at = &sketch{done: make(chan struct{})}
		s.sketches[name] = at
		go s.fill(name, at)
	}
	s.mu.Unlock()
	select {
	case <-at.done:
		return at.page, at.err
	case <-ctx.Done():
		return "", ctx.Err()
	}
}

func (s *Sketches) fill(name string, at *sketch) {
	at.page, at.err = s.printer.Print(s.lifetime, name)
	s.mu.Lock()
	delete(s.sketches, name)
	s.mu.Unlock()
	close(at.done)
}
