//highwater:nocompile

// Right: Close only cancels and waits; the goroutine that sends is the one that closes the feed, after its last send.
package feed

import (
	"context"
	"sync"

	"google.golang.org/grpc"

	pb "example.com/quotes/pb"
)

// Feed is a stream of quotes.
type Feed struct {
	C      <-chan *pb.Quote
	cancel context.CancelFunc
	ended  sync.WaitGroup
	err    error
}

// Open subscribes to the symbol.
func Open(ctx context.Context, cc grpc.ClientConnInterface, symbol string) (*Feed, error) {
	ctx, cancel := context.WithCancel(ctx)
	stream, err := pb.NewQuotesClient(cc).Watch(ctx, &pb.WatchRequest{Symbol: symbol})
	if err != nil {
		cancel()
		return nil, err
	}
	out := make(chan *pb.Quote)
	f := &Feed{C: out, cancel: cancel}
	f.ended.Add(1)
	go func() {
		defer f.ended.Done()
		defer close(out)
		for {
			q, err := stream.Recv()
			if err != nil {
				f.err = err
				return
			}
			select {
			case out <- q:
			case <-ctx.Done():
				f.err = ctx.Err()
				return
			}
		}
	}()
	return f, nil
}

// Close ends the stream and says why it ended.
func (f *Feed) Close() error {
	f.cancel()
	f.ended.Wait()
	return f.err
}
