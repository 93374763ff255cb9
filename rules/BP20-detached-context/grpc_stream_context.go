//highwater:nocompile
// A streaming method has no context parameter: the stream carries it. The
// query runs on a root of its own and outlives the subscriber.

package feed

import (
	"context"
	"database/sql"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	pb "example.com/feed/gen/feed/v1"
)

type Server struct {
	pb.UnimplementedFeedServer
	db *sql.DB
}

func (s *Server) Replay(req *pb.ReplayRequest, stream pb.Feed_ReplayServer) error {
	ctx := context.Background() //~ BP20 high
	rows, err := s.db.QueryContext(ctx, "SELECT body FROM events WHERE topic = $1", req.GetTopic())
	if err != nil {
		return status.Error(codes.Unavailable, err.Error())
	}
	defer rows.Close()
	for rows.Next() {
		ev := new(pb.Event)
		if err := rows.Scan(&ev.Body); err != nil {
			return status.Error(codes.Internal, err.Error())
		}
		if err := stream.Send(ev); err != nil {
			return err
		}
	}
	return rows.Err()
}
