//highwater:nocompile

// Right: the consumer closes a channel, but it is the signal that it has taken part; the messages come on another one, which the library closes.
package orders

import (
	"context"
	"sync"

	"github.com/IBM/sarama"
	"github.com/prometheus/client_golang/prometheus"
)

var handled = prometheus.NewCounter(prometheus.CounterOpts{Name: "orders_handled_total", Help: "Orders handled."})

func init() { prometheus.MustRegister(handled) }

type group struct {
	once  sync.Once
	ready chan struct{}
	apply func(context.Context, []byte) error
}

// Setup tells Start that the first session has begun.
func (g *group) Setup(sarama.ConsumerGroupSession) error {
	g.once.Do(func() { close(g.ready) })
	return nil
}

// Cleanup has nothing to do.
func (g *group) Cleanup(sarama.ConsumerGroupSession) error { return nil }

// ConsumeClaim handles one partition until its claim ends.
func (g *group) ConsumeClaim(s sarama.ConsumerGroupSession, c sarama.ConsumerGroupClaim) error {
	for {
		select {
		case m, ok := <-c.Messages():
			if !ok {
				return nil
			}
			if err := g.apply(s.Context(), m.Value); err != nil {
				return err
			}
			handled.Inc()
			s.MarkMessage(m, "")
		case <-s.Context().Done():
			return nil
		}
	}
}

func (g *group) waitReady(ctx context.Context) error {
	select {
	case <-g.ready:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
