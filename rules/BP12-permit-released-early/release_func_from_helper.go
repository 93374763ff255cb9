// The take is one call away and hands back its release; the deferred call of
// it comes long before the report is written.

package metering

import (
	"errors"
	"log"
)

var ErrBusy = errors.New("too many reports at once")

type gate chan struct{}

func (g gate) enter() (leave func(), ok bool) {
	select {
	case g <- struct{}{}:
		return func() { <-g }, true
	default:
		return nil, false
	}
}

type Reports struct {
	gate gate
}

func NewReports(limit int) *Reports {
	return &Reports{gate: make(gate, limit)}
}

func (r *Reports) Begin(tenant string, months []int) error {
	leave, ok := r.gate.enter()
	if !ok {
		return ErrBusy
	}
	defer leave()

	go func() { //~ BP12 high
		for _, m := range months {
			log.Printf("report %s/%02d", tenant, m)
		}
	}()
	return nil
}
