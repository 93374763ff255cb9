// Right: Stop and Finish go through one swap, so that only one of them ever touches the channel.
package quota

import "sync/atomic"

type ration struct {
	over  atomic.Bool
	given int
	most  int
	rest  chan int
}

func (r *ration) Stop() {
	if !r.over.CompareAndSwap(false, true) {
		return
	}
	close(r.rest)
}

func (r *ration) Finish() {
	if !r.over.CompareAndSwap(false, true) {
		return
	}
	if r.given < r.most {
		r.rest <- r.most - r.given
	}
}
