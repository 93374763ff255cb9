// A helper counts up what it is given the place of. What nobody reads is for nobody, whoever counts.
package desk

import "sync/atomic"

func mark(place *atomic.Int64) { place.Add(1) }

func bump(place *int64) { atomic.AddInt64(place, 1) }

func swap(place *int64) int64 { return atomic.AddInt64(place, 1) }

type Desk struct {
	taken  atomic.Int64
	torn   atomic.Int64
	forms  int64
	blots  int64
	number int64
}

func (d *Desk) Take(isTorn bool) int64 {
	mark(&d.taken)
	bump(&d.forms)
	if isTorn {
		mark(&d.torn)  //~ BP21 high
		bump(&d.blots) //~ BP21 high
	}
	return swap(&d.number)
}

func (d *Desk) Report() (int64, int64) {
	return d.taken.Load(), atomic.LoadInt64(&d.forms)
}
