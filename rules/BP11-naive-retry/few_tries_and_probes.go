// Weighed down: what only this machine feels, a question whether something is
// up, a few tries at a calm pace, and an answer of a person at the keyboard.

package setup

import (
	"context"
	"errors"
	"net"
	"os"
	"time"
)

func WaitForPort(ctx context.Context, address string) error {
	for { //~ BP11 low
		conn, err := net.DialTimeout("tcp", address, time.Second)
		if err == nil {
			return conn.Close()
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(500 * time.Millisecond):
		}
	}
}

func Replace(from, to string) error {
	var err error
	for try := 0; try < 8; try++ {
		if err = os.Rename(from, to); err == nil {
			return nil
		}
		time.Sleep(10 * time.Millisecond)
	}
	return err
}

type Registry interface {
	Announce(ctx context.Context, name string) error
}

func Register(r Registry, name string) error {
	var err error
	for try := 0; try < 3; try++ { //~ BP11 low
		if err = r.Announce(context.Background(), name); err == nil {
			return nil
		}
		time.Sleep(10 * time.Second)
	}
	return err
}

var errWrongPassword = errors.New("wrong password")

func Unlock(ask func(attempt int) error) error {
	err := ask(0)
	for attempts := 1; attempts < 3 && errors.Is(err, errWrongPassword); attempts++ { //~ BP11 low
		err = ask(attempts)
	}
	return err
}

type shelf struct{ full bool }

var errNoRoom = errors.New("no room")

func (s *shelf) put(make func(*shelf) error) error {
	err := make(s)
	for err == errNoRoom { //~ BP11 low
		time.Sleep(10 * time.Millisecond)
		err = make(s)
	}
	return err
}

var errTryAgain = errors.New("somebody else was first")

type table interface {
	Update(ctx context.Context, key string, f func(string) string) error
}

func Update(ctx context.Context, t table, key string, f func(string) string, attempts int) error {
	var err error
	for i := 0; i < attempts; i++ { //~ BP11 low
		if err = t.Update(ctx, key, f); !errors.Is(err, errTryAgain) {
			return err
		}
	}
	return err
}
