//highwater:nocompile needs DepotServer
// What hands out slots is out of view, and known by what it is called: a slot that the goroutine takes over bounds the
// goroutines, one that is given back on return bounds nothing.

package depot

import (
	"context"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	pb "example.com/depot/gen/depot/v1"
)

func (s *DepotServer) Load(ctx context.Context, req *pb.LoadRequest) (*pb.LoadReply, error) {
	if !s.baySlots.TryAcquire(1) {
		return nil, status.Error(codes.ResourceExhausted, "all bays are taken")
	}
	handedOn := false
	defer func() {
		if !handedOn {
			s.baySlots.Release(1)
		}
	}()
	if req.GetTruck() == "" {
		return nil, status.Error(codes.InvalidArgument, "no truck")
	}
	handedOn = true
	go func() {
		defer s.baySlots.Release(1)
		s.load(req.GetTruck())
	}()
	return &pb.LoadReply{}, nil
}

func (s *DepotServer) Unload(ctx context.Context, req *pb.UnloadRequest) (*pb.UnloadReply, error) {
	if !s.rampSlots.TryAcquire(1) {
		return nil, status.Error(codes.ResourceExhausted, "all ramps are taken")
	}
	defer s.rampSlots.Release(1)
	go s.unload(req.GetTruck()) //~ BP12 high
	return &pb.UnloadReply{}, nil
}
