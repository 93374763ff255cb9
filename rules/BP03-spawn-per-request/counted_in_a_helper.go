// The count stands in a helper that refuses, and the goroutine counts back. And a callback that is
// known by its name and the bytes that it is handed.
package intake

import (
	"bytes"
	"net/http"
	"sync/atomic"
)

type Intake struct {
	running atomic.Int32
	store   func(page string)
}

func (i *Intake) admit() bool {
	if i.running.Add(1) > 6 {
		i.running.Add(-1)
		return false
	}
	return true
}

func (i *Intake) Create(w http.ResponseWriter, r *http.Request) {
	if !i.admit() {
		http.Error(w, "try later", http.StatusTooManyRequests)
		return
	}
	page := r.FormValue("page")
	go func() {
		defer i.running.Add(-1)
		i.store(page)
	}()
	w.WriteHeader(http.StatusAccepted)
}

func (i *Intake) OnMessage(topic string, payload []byte) error {
	page := topic + string(bytes.TrimSpace(payload))
	go i.store(page) //~ BP03 medium
	return nil
}

func (i *Intake) HandleMessage(payload []byte) error {
	i.store(string(payload))
	return nil
}
