// A gauge goes up and down in step with the work, and no line ever looks at
// its height.

package resize

import (
	"context"
	"errors"
	"sync/atomic"
)

var ErrEmpty = errors.New("empty picture")

type Service struct {
	slots    chan struct{}
	inFlight atomic.Int32
}

func New(parallel int) *Service {
	return &Service{slots: make(chan struct{}, parallel)}
}

func (s *Service) Resize(ctx context.Context, picture []byte, width int) ([]byte, error) {
	if len(picture) == 0 {
		return nil, ErrEmpty
	}
	select {
	case s.slots <- struct{}{}:
		defer func() { <-s.slots }()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	s.inFlight.Add(1) //~ BP21 high
	defer s.inFlight.Add(-1)
	return scale(picture, width), nil
}

func scale(picture []byte, width int) []byte {
	if len(picture) > width {
		return picture[:width]
	}
	return picture
}
