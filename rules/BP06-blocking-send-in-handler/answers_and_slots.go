//highwater:nocompile

// Right: a worker's answer goes to a channel that came with the question and has room for it; a
// slot is put into a channel that was made with room for it; an index goes back to its ring.
package broker

import (
	"context"

	pb "example.com/broker/gen/broker"
)

type question struct {
	text   string
	answer chan string
}

type Server struct {
	pb.UnimplementedBrokerServer
	questions chan *question
	free      chan int
}

func New(rings int) *Server {
	s := &Server{questions: make(chan *question), free: make(chan int, rings)}
	for i := 0; i < rings; i++ {
		s.free <- i
	}
	return s
}

func (s *Server) Ask(ctx context.Context, req *pb.AskRequest) (*pb.AskReply, error) {
	q := &question{text: req.GetText(), answer: make(chan string, 1)}
	select {
	case s.questions <- q:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	select {
	case text := <-q.answer:
		return &pb.AskReply{Text: text}, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

func (s *Server) Work(stream pb.Broker_WorkServer) error {
	for {
		select {
		case <-stream.Context().Done():
			return stream.Context().Err()
		case q := <-s.questions:
			reply, err := stream.Recv()
			if err != nil {
				return err
			}
			q.answer <- reply.GetText()
		}
	}
}

func (s *Server) Slot(ctx context.Context, req *pb.SlotRequest) (*pb.SlotReply, error) {
	var ring int
	select {
	case ring = <-s.free:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	defer s.put(ring)
	return &pb.SlotReply{Ring: int32(ring)}, nil
}

func (s *Server) put(ring int) { s.free <- ring }
