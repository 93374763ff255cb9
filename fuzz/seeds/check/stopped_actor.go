// The receiver leaves when done is closed, the handler does not look at done:
// a blocking send in a handler, and a sender that is abandoned at shutdown.
package ledger

import (
	"net/http"
	"sync"
)

type Ledger struct {
	entries chan string
	done    chan struct{}
	once    sync.Once
	write   func(entry string)
}

func New(write func(entry string)) *Ledger {
	l := &Ledger{entries: make(chan string), done: make(chan struct{}), write: write}
	go l.loop()
	return l
}

func (l *Ledger) loop() {
	for {
		select {
		case e := <-l.entries:
			l.write(e)
		case <-l.done:
			return
		}
	}
}

func (l *Ledger) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	l.entries <- r.FormValue("entry") //~ BP06 high, BP22 medium
	w.WriteHeader(http.StatusAccepted)
}

func (l *Ledger) Stop() {
	l.once.Do(func() { close(l.done) })
}
