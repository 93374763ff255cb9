// The length is compared with a limit, and nothing comes of it but a log line and a gauge. The
// queue is a list type without a lock of its own; whoever owns it locks.
package intake

import (
	"log"
	"sync"
)

type parcel struct{ id int }

type line []parcel

func (l *line) add(p parcel) {
	*l = append(*l, p) //~ BP01 high
}

func (l *line) take() (parcel, bool) {
	if len(*l) == 0 {
		return parcel{}, false
	}
	p := (*l)[0]
	*l = (*l)[1:]
	return p, true
}

type Dock struct {
	mu   sync.Mutex
	line line
}

func (d *Dock) Arrive(p parcel) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if len(d.line) > 1000 {
		log.Printf("dock: %d parcels wait", len(d.line))
	}
	d.line.add(p)
}

func (d *Dock) Load() (parcel, bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.line.take()
}
