//highwater:nocompile

// len and cap as metrics, and as a hint that only chooses a log level; the send itself cannot wait.
package relay

import (
	"github.com/prometheus/client_golang/prometheus"
	"go.uber.org/zap"
)

type Relay struct {
	log  *zap.Logger
	msgs chan []byte
}

func New(log *zap.Logger, reg prometheus.Registerer, room int) *Relay {
	r := &Relay{log: log, msgs: make(chan []byte, room)}
	reg.MustRegister(prometheus.NewGaugeFunc(
		prometheus.GaugeOpts{Name: "relay_depth", Help: "Messages that wait."},
		func() float64 { return float64(len(r.msgs)) },
	))
	return r
}

func (r *Relay) Offer(msg []byte) bool {
	if len(r.msgs) > cap(r.msgs)*9/10 {
		r.log.Warn("relay is nearly full", zap.Int("depth", len(r.msgs)))
	}
	select {
	case r.msgs <- msg:
		return true
	default:
		return false
	}
}
