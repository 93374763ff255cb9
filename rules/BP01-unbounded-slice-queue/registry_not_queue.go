// A map of live sessions and a list of listeners: things are added and removed by name.
// Nobody takes "the next one", so neither is a queue.
package session

import (
	"sync"
	"time"
)

type Session struct {
	User  string
	Since time.Time
}

type Registry struct {
	mu        sync.RWMutex
	sessions  map[string]*Session
	listeners []func(user string, joined bool)
}

func NewRegistry() *Registry {
	return &Registry{sessions: make(map[string]*Session)}
}

func (r *Registry) OnChange(f func(user string, joined bool)) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.listeners = append(r.listeners, f)
}

func (r *Registry) Join(token, user string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.sessions[token] = &Session{User: user, Since: time.Now()}
	for _, f := range r.listeners {
		f(user, true)
	}
}

func (r *Registry) Leave(token string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	s, ok := r.sessions[token]
	if !ok {
		return
	}
	delete(r.sessions, token)
	for _, f := range r.listeners {
		f(s.User, false)
	}
}
