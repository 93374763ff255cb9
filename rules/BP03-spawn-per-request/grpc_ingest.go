//highwater:nocompile

// A unary gRPC method that stores in a goroutine and acknowledges at once.
// The server runs every call in a goroutine of its own, so nothing counts these.
package ingest

import (
	"context"
	"log"

	"google.golang.org/grpc"

	pb "example.com/fleet/gen/telemetry"
)

type server struct {
	pb.UnimplementedTelemetryServer
	store func(points []*pb.Point) error
}

func Register(s *grpc.Server, store func([]*pb.Point) error) {
	pb.RegisterTelemetryServer(s, &server{store: store})
}

func (s *server) Report(ctx context.Context, req *pb.ReportRequest) (*pb.ReportReply, error) {
	points := req.GetPoints()
	go s.save(points) //~ BP03 high
	return &pb.ReportReply{Accepted: int32(len(points))}, nil
}

func (s *server) save(points []*pb.Point) {
	if err := s.store(points); err != nil {
		log.Printf("save %d points: %v", len(points), err)
	}
}
