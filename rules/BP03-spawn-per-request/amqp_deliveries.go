//highwater:nocompile

// Two consumers of deliveries. The first starts a goroutine for each; the second has a number.
package mailer

import (
	"context"

	amqp "github.com/rabbitmq/amqp091-go"
)

type Sender struct{ send func(body []byte) }

func (s *Sender) Eager(ctx context.Context, in <-chan amqp.Delivery) {
	for {
		select {
		case <-ctx.Done():
			return
		case d := <-in:
			go s.one(d) //~ BP03 medium
		}
	}
}

func (s *Sender) Bounded(ctx context.Context, in <-chan amqp.Delivery) {
	slots := make(chan struct{}, 8)
	for {
		select {
		case <-ctx.Done():
			return
		case d := <-in:
			slots <- struct{}{}
			go func() {
				defer func() { <-slots }()
				s.one(d)
			}()
		}
	}
}

func (s *Sender) one(d amqp.Delivery) {
	s.send(d.Body)
}
