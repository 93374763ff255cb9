// What a comment says of the end binds those who call, not a timer, which sends whenever it goes off.
package echo

import (
	"sync"
	"time"
)

// Echo says everything twice.
type Echo struct {
	words chan string
	mu    sync.Mutex
	over  bool
}

// New starts to listen.
func New(hear func(string)) *Echo {
	e := &Echo{words: make(chan string, 16)}
	go func() {
		for w := range e.words {
			hear(w)
		}
	}()
	return e
}

// Say takes a word unless it is over.
func (e *Echo) Say(w string) bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.over {
		return false
	}
	select {
	case e.words <- w:
	default:
		return false
	}
	time.AfterFunc(time.Second, func() {
		e.words <- w //~ BP05 high
	})
	return true
}

// Close hears no more words.
func (e *Echo) Close() {
	e.mu.Lock()
	defer e.mu.Unlock()
	if !e.over {
		e.over = true
		close(e.words)
	}
}
