// Right: these go round at once, and none of them adds load. A name that was
// taken is drawn anew, a stale session is opened again a single time, a
// listener takes the next connection, and a state is asked for.

package desk

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand"
	"net"
)

var ErrExists = errors.New("exists")

type Shelf interface {
	Reserve(ctx context.Context, name string) error
}

func Reserve(ctx context.Context, s Shelf) (string, error) {
	for attempt := 0; attempt < 8; attempt++ {
		name := fmt.Sprintf("slot-%06d", rand.Intn(1e6))
		err := s.Reserve(ctx, name)
		if errors.Is(err, ErrExists) {
			continue
		}
		return name, err
	}
	return "", ErrExists
}

type Session interface {
	Check(ctx context.Context) error
}

func Fresh(ctx context.Context, open func(context.Context) (Session, error)) (Session, error) {
	var s Session
	again := false
	for {
		if s == nil {
			var err error
			if s, err = open(ctx); err != nil {
				return nil, err
			}
		}
		if err := s.Check(ctx); err != nil {
			if !again {
				again, s = true, nil
				continue
			}
			return nil, err
		}
		return s, nil
	}
}

func Feed(ctx context.Context, l net.Listener, read func(context.Context, net.Conn) error) error {
	for ctx.Err() == nil {
		conn, err := l.Accept()
		if err != nil {
			return err
		}
		if err := read(ctx, conn); !errors.Is(err, io.EOF) {
			return err
		}
	}
	return ctx.Err()
}
