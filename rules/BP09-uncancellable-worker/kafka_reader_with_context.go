//highwater:nocompile

// Right: the loop has no select, but the fetch takes the context and its error ends the loop; commits hear the context as well.
package ingest

import (
	"context"
	"fmt"

	"github.com/segmentio/kafka-go"
)

type consumer struct {
	reader *kafka.Reader
	apply  func(context.Context, []byte) error
}

func (c *consumer) run(ctx context.Context) error {
	for {
		m, err := c.reader.FetchMessage(ctx)
		if err != nil {
			return fmt.Errorf("fetch: %w", err)
		}
		if err := c.apply(ctx, m.Value); err != nil {
			return fmt.Errorf("offset %d: %w", m.Offset, err)
		}
		if err := c.reader.CommitMessages(ctx, m); err != nil {
			return fmt.Errorf("commit %d: %w", m.Offset, err)
		}
	}
}

// Start runs the consumer; the channel gets the error that ended it.
func Start(ctx context.Context, r *kafka.Reader, apply func(context.Context, []byte) error) <-chan error {
	ended := make(chan error, 1)
	c := &consumer{reader: r, apply: apply}
	go func() { ended <- c.run(ctx) }()
	return ended
}
