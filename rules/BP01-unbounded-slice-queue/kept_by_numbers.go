// Queues that are never cut: a head moves over the list, or over the keys of a map. The last
// one compares the two numbers with a limit. A reader of its own input is no queue.
package tape

import (
	"errors"
	"sync"
)

var errFull = errors.New("tape: full")

type Headed struct {
	mu    sync.Mutex
	lines []string
	head  int
}

func (h *Headed) Write(line string) {
	h.mu.Lock()
	h.lines = append(h.lines, line) //~ BP01 high
	h.mu.Unlock()
}

func (h *Headed) Read() (string, bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.head == len(h.lines) {
		return "", false
	}
	line := h.lines[h.head]
	h.head++
	return line, true
}

type Numbered struct {
	mu          sync.Mutex
	lines       map[uint64]string
	first, next uint64
}

func (n *Numbered) Write(line string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.lines[n.next] = line //~ BP01 high
	n.next++
}

func (n *Numbered) Read() (string, bool) {
	n.mu.Lock()
	defer n.mu.Unlock()
	line, ok := n.lines[n.first]
	if ok {
		delete(n.lines, n.first)
		n.first++
	}
	return line, ok
}

type Limited struct {
	mu          sync.Mutex
	lines       map[uint64]string
	first, next uint64
}

func (l *Limited) Write(line string) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.next-l.first >= 512 {
		return errFull
	}
	l.lines[l.next] = line
	l.next++
	return nil
}

func (l *Limited) Read() (string, bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	line, ok := l.lines[l.first]
	if ok {
		delete(l.lines, l.first)
		l.first++
	}
	return line, ok
}

type parser struct {
	words []string
	at    int
}

func (p *parser) scan(text []string) {
	for _, word := range text {
		if word != "" {
			p.words = append(p.words, word)
		}
	}
}

func (p *parser) next() string {
	word := p.words[p.at]
	p.at++
	return word
}

func Words(text []string) (first, second string) {
	p := &parser{}
	p.scan(text)
	return p.next(), p.next()
}
