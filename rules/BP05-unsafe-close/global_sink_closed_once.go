// Package-level state: the close is guarded by a sync.Once, the package-level send function knows nothing about it.
package audit

import (
	"encoding/json"
	"io"
	"log"
	"sync"
)

// Event is one line of the audit log.
type Event struct {
	Actor  string
	Action string
}

var (
	sink     = make(chan Event)
	stopOnce sync.Once
	written  sync.WaitGroup
)

// Start writes events to w until Stop.
func Start(w io.Writer) {
	written.Add(1)
	go func() {
		defer written.Done()
		enc := json.NewEncoder(w)
		for e := range sink {
			if err := enc.Encode(e); err != nil {
				log.Printf("audit: %v", err)
			}
		}
	}()
}

// Record writes one event.
func Record(actor, action string) {
	sink <- Event{actor, action} //~ BP05 high
}

// Stop ends the log.
func Stop() {
	stopOnce.Do(func() { close(sink) })
	written.Wait()
}
