//highwater:nocompile

// The consumer is cancelled, then the program waits five seconds and closes the client under whatever is still running.
package main

import (
	"context"
	"os/signal"
	"syscall"
	"time"

	"github.com/IBM/sarama"
	"go.uber.org/zap"
)

func consume(ctx context.Context, cg sarama.ConsumerGroup, h sarama.ConsumerGroupHandler, log *zap.Logger) {
	for ctx.Err() == nil {
		if err := cg.Consume(ctx, []string{"invoices"}, h); err != nil {
			log.Error("consume", zap.Error(err))
			return
		}
	}
}

func run(brokers []string, h sarama.ConsumerGroupHandler, log *zap.Logger) error {
	cg, err := sarama.NewConsumerGroup(brokers, "billing", sarama.NewConfig())
	if err != nil {
		return err
	}
	ctx, cancel := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	defer cancel()
	go consume(ctx, cg, h, log)

	<-ctx.Done()
	log.Info("signal received, waiting for handlers")
	time.Sleep(5 * time.Second) //~ BP16 high
	return cg.Close()
}
