//highwater:nocompile

// The pump between a gRPC stream and its consumer sends bare, although the stream's context is at hand and the consumer leaves on it.
package watcher

import (
	"context"

	"go.uber.org/zap"

	pb "example.com/config/pb"
)

type watcher struct {
	log *zap.Logger
}

func (w *watcher) pump(ctx context.Context, stream pb.Config_WatchClient, updates chan<- *pb.Update) {
	defer close(updates)
	for {
		u, err := stream.Recv()
		if err != nil {
			if ctx.Err() == nil {
				w.log.Warn("watch ended", zap.Error(err))
			}
			return
		}
		updates <- u //~ BP22 high
	}
}

// Follow applies updates until the context ends.
func (w *watcher) Follow(ctx context.Context, client pb.ConfigClient, apply func(*pb.Update)) error {
	stream, err := client.Watch(ctx, &pb.WatchRequest{})
	if err != nil {
		return err
	}
	updates := make(chan *pb.Update)
	go w.pump(ctx, stream, updates)
	for {
		select {
		case u, ok := <-updates:
			if !ok {
				return nil
			}
			apply(u)
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}
