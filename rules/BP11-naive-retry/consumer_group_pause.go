//highwater:nocompile
// A consumer session that is opened again after a fixed pause. The pause does
// not hear the context that the loop tests only afterwards.

package billing

import (
	"context"
	"time"

	"github.com/IBM/sarama"
	"go.uber.org/zap"
)

const sessionPause = 200 * time.Millisecond

type Consumer struct {
	group   sarama.ConsumerGroup
	handler sarama.ConsumerGroupHandler
	log     *zap.Logger
}

func (c *Consumer) Run(ctx context.Context, topics []string) error {
	for { //~ BP11 high
		err := c.group.Consume(ctx, topics, c.handler)
		if err != nil {
			c.log.Warn("session ended", zap.Error(err))
			pause()
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
	}
}

func pause() { time.Sleep(sessionPause) }
