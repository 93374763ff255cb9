//highwater:nocompile
// Three generated clients in a literal, one call each, whoever is first. The
// call keeps the caller's context, so the losers run to its deadline.

package rates

import (
	"context"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	pb "example.com/rates/gen/rates/v1"
)

type Client struct {
	primary, standby, remote pb.RatesClient
}

func (c *Client) Rate(ctx context.Context, pair string) (*pb.RateReply, error) {
	ok := make(chan *pb.RateReply, 3)
	for _, backend := range []pb.RatesClient{c.primary, c.standby, c.remote} { //~ BP15 high
		go func(b pb.RatesClient) {
			reply, err := b.Rate(ctx, &pb.RateRequest{Pair: pair})
			if err == nil {
				ok <- reply
			}
		}(backend)
	}
	select {
	case reply := <-ok:
		return reply, nil
	case <-ctx.Done():
		return nil, status.Error(codes.Unavailable, "no backend answered")
	}
}
