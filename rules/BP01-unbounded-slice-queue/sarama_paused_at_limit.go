//highwater:nocompile

// A Kafka consumer that keeps messages in a slice and pauses the partition at a limit:
// the append stands behind the length test, so the broker is what waits.
package ingest

import (
	"sync"

	"github.com/IBM/sarama"
)

type partitionBuffer struct {
	mu       sync.Mutex
	consumer sarama.PartitionConsumer
	held     []*sarama.ConsumerMessage
	max      int
}

// Offer keeps the message, or pauses the partition and says that it did not.
func (b *partitionBuffer) Offer(msg *sarama.ConsumerMessage) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	if len(b.held) >= b.max {
		b.consumer.Pause()
		return false
	}
	b.held = append(b.held, msg)
	return true
}

func (b *partitionBuffer) Take() *sarama.ConsumerMessage {
	b.mu.Lock()
	defer b.mu.Unlock()
	if len(b.held) == 0 {
		return nil
	}
	msg := b.held[0]
	b.held = b.held[1:]
	if len(b.held) < b.max/2 {
		b.consumer.Resume()
	}
	return msg
}
