// Right: all replicas are asked at once because a majority has to agree; the
// rest is cancelled as soon as it has.

package kv

import (
	"context"
	"errors"
)

type Node interface {
	Version(ctx context.Context, key string) (uint64, error)
}

var ErrNoQuorum = errors.New("no quorum")

func Latest(ctx context.Context, nodes []Node, key string) (uint64, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()

	type answer struct {
		version uint64
		err     error
	}
	answers := make(chan answer, len(nodes))
	for _, n := range nodes {
		n := n
		go func() {
			v, err := n.Version(ctx, key)
			answers <- answer{v, err}
		}()
	}
	var newest uint64
	need := len(nodes)/2 + 1
	for range nodes {
		select {
		case a := <-answers:
			if a.err != nil {
				continue
			}
			if a.version > newest {
				newest = a.version
			}
			if need--; need == 0 {
				return newest, nil
			}
		case <-ctx.Done():
			return 0, ctx.Err()
		}
	}
	return 0, ErrNoQuorum
}
