// The send is in a helper that knows nothing of the lock; the caller holds it across the call.
package topology

import "sync"

type node struct {
	id   string
	zone string
}

type topology struct {
	sync.Mutex
	nodes   map[string]node
	changed chan node
}

func newTopology() *topology {
	return &topology{nodes: map[string]node{}, changed: make(chan node)}
}

func (t *topology) notify(n node) {
	t.changed <- n
}

func (t *topology) move(id, zone string) {
	t.Lock()
	defer t.Unlock()
	n := node{id: id, zone: zone}
	t.nodes[id] = n
	t.notify(n) //~ BP23 medium
}

func (t *topology) remove(id string) {
	t.Lock()
	n, known := t.nodes[id]
	delete(t.nodes, id)
	t.Unlock()
	if known {
		t.notify(node{id: n.id})
	}
}

func (t *topology) next() node {
	return <-t.changed
}
