//highwater:nocompile

// Two gRPC methods on one server: the first sends through a helper that waits without limit,
// the second answers ResourceExhausted.
package meter

import (
	"context"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	pb "example.com/grid/gen/meter"
)

type Server struct {
	pb.UnimplementedMeterServer
	usage chan *pb.Usage
}

func NewServer() *Server {
	return &Server{usage: make(chan *pb.Usage, 1024)}
}

func (s *Server) enqueue(u *pb.Usage) {
	s.usage <- u //~ BP06 high
}

func (s *Server) Record(ctx context.Context, req *pb.RecordRequest) (*pb.RecordReply, error) {
	s.enqueue(req.GetUsage())
	return &pb.RecordReply{}, nil
}

func (s *Server) RecordFast(ctx context.Context, req *pb.RecordRequest) (*pb.RecordReply, error) {
	select {
	case s.usage <- req.GetUsage():
		return &pb.RecordReply{}, nil
	default:
		return nil, status.Error(codes.ResourceExhausted, "usage queue is full")
	}
}
