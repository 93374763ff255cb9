//highwater:nocompile

// Drops that are counted by a registered metric, by reason, and logged through a sampling logger.
package tracing

import (
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promauto"
	"go.uber.org/zap"
)

var dropped = promauto.NewCounterVec(prometheus.CounterOpts{
	Name: "tracing_spans_dropped_total",
	Help: "Spans that were not exported.",
}, []string{"reason"})

type Span struct {
	Name     string
	Sampled  bool
	Duration int64
}

type Exporter struct {
	log   *zap.Logger
	spans chan Span
}

func (e *Exporter) OnEnd(s Span) {
	if !s.Sampled {
		return
	}
	select {
	case e.spans <- s:
	default:
		dropped.WithLabelValues("queue_full").Inc()
		e.log.Warn("span dropped", zap.String("name", s.Name))
	}
}
