//highwater:nocompile

// A Kafka consumer group handler with a fan-in channel of half a million messages.
// The broker would have waited; now the heap does.
package ingest

import (
	"github.com/IBM/sarama"
	"go.uber.org/zap"
)

const fanIn = 500 * 1000

type handler struct {
	log  *zap.Logger
	msgs chan *sarama.ConsumerMessage
}

func newHandler(log *zap.Logger) *handler {
	return &handler{
		log:  log,
		msgs: make(chan *sarama.ConsumerMessage, fanIn), //~ BP02 high
	}
}

func (h *handler) Setup(sarama.ConsumerGroupSession) error   { return nil }
func (h *handler) Cleanup(sarama.ConsumerGroupSession) error { return nil }

func (h *handler) ConsumeClaim(sess sarama.ConsumerGroupSession, claim sarama.ConsumerGroupClaim) error {
	for {
		select {
		case <-sess.Context().Done():
			return nil
		case msg, ok := <-claim.Messages():
			if !ok {
				return nil
			}
			select {
			case h.msgs <- msg:
			case <-sess.Context().Done():
				return nil
			}
		}
	}
}
