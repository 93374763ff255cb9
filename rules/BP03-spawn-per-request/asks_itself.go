// Whether to start is decided by functions that ask each other: they are followed for a few calls
// and no further.
package main

import "net/http"

type node struct {
	left, right *node
	busy        bool
}

func (n *node) isBusy() bool {
	if n == nil {
		return false
	}
	if n.left.anyBusy() {
		return true
	}
	return n.busy
}

func (n *node) anyBusy() bool {
	if n.right.isBusy() {
		return true
	}
	return n.isBusy()
}

func (n *node) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if n.isBusy() {
		w.WriteHeader(http.StatusServiceUnavailable)
		return
	}
	go n.rebuild(r.URL.Path) //~ BP03 high
	w.WriteHeader(http.StatusAccepted)
}

func (n *node) rebuild(path string) {
	println(path)
}
