// Lists that shrink by name, not by turn: the last one fills the hole, or the rest moves down.
// A stack of scopes and a list of spare buffers are no queues either.
package roster

import "sync"

type member struct{ name string }

type Roster struct {
	mu      sync.Mutex
	members []*member
	order   []string
	scopes  []string
	spare   [][]byte
}

func (r *Roster) Join(m *member) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.members = append(r.members, m)
	r.order = append(r.order, m.name)
}

func (r *Roster) Leave(m *member) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for i, known := range r.members {
		if known == m {
			last := len(r.members) - 1
			r.members[i] = r.members[last]
			r.members = r.members[:last]
			break
		}
	}
	for i, name := range r.order {
		if name == m.name {
			copy(r.order[i:], r.order[i+1:])
			r.order = r.order[:len(r.order)-1]
			break
		}
	}
}

func (r *Roster) PushScope(name string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.scopes = append(r.scopes, name)
}

func (r *Roster) PopScope() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	name := r.scopes[len(r.scopes)-1]
	r.scopes = r.scopes[:len(r.scopes)-1]
	return name
}

func (r *Roster) PutBuffer(b []byte) {
	r.mu.Lock()
	r.spare = append(r.spare, b[:0])
	r.mu.Unlock()
}

func (r *Roster) Buffer() []byte {
	r.mu.Lock()
	defer r.mu.Unlock()
	if n := len(r.spare); n > 0 {
		b := r.spare[n-1]
		r.spare = r.spare[:n-1]
		return b
	}
	return make([]byte, 0, 4096)
}
