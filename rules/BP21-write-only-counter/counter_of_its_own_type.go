// A counter with a type of its own is counted up by a method and read by another. The one that is never read
// is a number for nobody; one that is registered under its name is not.
package mill

import (
	"fmt"
	"sync/atomic"
)

type tally struct{ n atomic.Int64 }

func (t *tally) inc()         { t.n.Add(1) }
func (t *tally) value() int64 { return t.n.Load() }

type mill struct {
	sacks  tally
	torn   tally
	worn   tally
	shares map[string]*tally
}

func newMill() *mill {
	m := &mill{shares: make(map[string]*tally)}
	m.shares["worn"] = &m.worn
	return m
}

func (m *mill) grind(torn, worn bool) {
	m.sacks.inc()
	if torn {
		m.torn.inc() //~ BP21 high
	}
	if worn {
		m.worn.inc()
	}
}

func (m *mill) report() string {
	return fmt.Sprintf("%d sacks", m.sacks.value())
}
