//highwater:nocompile
// An RPC method waits for a weighted semaphore, and its return gives the
// weight back while the transcoding has only begun.

package media

import (
	"context"

	"golang.org/x/sync/semaphore"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	pb "example.com/media/gen/media/v1"
)

type Server struct {
	pb.UnimplementedMediaServer

	room    *semaphore.Weighted
	encoder Encoder
}

type Encoder interface {
	Encode(clip string, height int32)
}

func (s *Server) Transcode(ctx context.Context, req *pb.TranscodeRequest) (*pb.TranscodeReply, error) {
	if err := s.room.Acquire(ctx, int64(req.GetHeight())); err != nil {
		return nil, status.FromContextError(err).Err()
	}
	defer s.room.Release(int64(req.GetHeight()))

	if req.GetClip() == "" {
		return nil, status.Error(codes.InvalidArgument, "no clip")
	}
	go s.encoder.Encode(req.GetClip(), req.GetHeight()) //~ BP12 high
	return &pb.TranscodeReply{Accepted: true}, nil
}
