// Right: the server loop receives requests and closes channels, but those that it closes are the replies, and it is the one who sends them.
package kvserver

import "context"

type query struct {
	ctx    context.Context
	prefix string
	found  chan string
}

type server struct {
	queries chan query
	keys    []string
}

func (s *server) loop(ctx context.Context) {
	for {
		select {
		case q := <-s.queries:
			s.answer(q)
		case <-ctx.Done():
			return
		}
	}
}

func (s *server) answer(q query) {
	defer close(q.found)
	for _, k := range s.keys {
		if len(k) < len(q.prefix) || k[:len(q.prefix)] != q.prefix {
			continue
		}
		select {
		case q.found <- k:
		case <-q.ctx.Done():
			return
		}
	}
}
