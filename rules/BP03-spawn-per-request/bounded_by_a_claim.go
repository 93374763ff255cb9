// Started at most once at a time: a claim on a flag or on an entry of a map, and a number that is
// counted by hand. The last handler counts and looks at nothing.
package reindex

import (
	"net/http"
	"sync"
	"sync/atomic"
)

type Index struct {
	busy    atomic.Bool
	running atomic.Int32
	total   atomic.Int64
	mu      sync.Mutex
	tenants map[string]bool
	rebuild func(tenant string)
}

func (x *Index) claim() bool { return x.busy.CompareAndSwap(false, true) }

func (x *Index) All(w http.ResponseWriter, r *http.Request) {
	if !x.claim() {
		http.Error(w, "at it already", http.StatusConflict)
		return
	}
	go func() {
		defer x.busy.Store(false)
		x.rebuild("")
	}()
	w.WriteHeader(http.StatusAccepted)
}

func (x *Index) One(w http.ResponseWriter, r *http.Request) {
	tenant := r.FormValue("tenant")
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.tenants[tenant] {
		http.Error(w, "at it already", http.StatusConflict)
		return
	}
	x.tenants[tenant] = true
	go x.finish(tenant)
	w.WriteHeader(http.StatusAccepted)
}

func (x *Index) finish(tenant string) {
	x.rebuild(tenant)
	x.mu.Lock()
	defer x.mu.Unlock()
	delete(x.tenants, tenant)
}

func (x *Index) Some(w http.ResponseWriter, r *http.Request) {
	if x.running.Load() >= 4 {
		http.Error(w, "four are running", http.StatusTooManyRequests)
		return
	}
	x.running.Add(1)
	tenant := r.FormValue("tenant")
	go func() {
		defer x.running.Add(-1)
		x.rebuild(tenant)
	}()
	w.WriteHeader(http.StatusAccepted)
}

func (x *Index) Any(w http.ResponseWriter, r *http.Request) {
	x.total.Add(1)
	tenant := r.FormValue("tenant")
	go x.rebuild(tenant) //~ BP03 high
	w.WriteHeader(http.StatusAccepted)
}

func (x *Index) Total() int64 { return x.total.Load() }
