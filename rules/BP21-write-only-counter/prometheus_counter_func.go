//highwater:nocompile
// Right: the counter is a plain atomic on the hot path, and a CounterFunc
// reads it whenever the metrics are scraped.

package uplink

import (
	"sync/atomic"

	"github.com/prometheus/client_golang/prometheus"
)

type Uplink struct {
	frames  chan []byte
	dropped atomic.Uint64
	shipped prometheus.Counter
}

func New(reg prometheus.Registerer, size int) *Uplink {
	u := &Uplink{
		frames: make(chan []byte, size),
		shipped: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "uplink_frames_accepted_total",
			Help: "Frames that found room.",
		}),
	}
	reg.MustRegister(u.shipped, prometheus.NewCounterFunc(prometheus.CounterOpts{
		Name: "uplink_frames_dropped_total",
		Help: "Frames that found the queue full.",
	}, func() float64 { return float64(u.dropped.Load()) }))
	return u
}

func (u *Uplink) Frames() <-chan []byte { return u.frames }

func (u *Uplink) Offer(frame []byte) {
	select {
	case u.frames <- frame:
		u.shipped.Inc()
	default:
		u.dropped.Add(1)
	}
}
