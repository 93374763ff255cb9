// Right: roots that something else keeps or ends. And two that only look so: a cancel or a value of
// its own does not tie a root to the caller.
package sync2

import (
	"context"
	"time"
)

type Peer interface {
	Pull(ctx context.Context, since int64) error
	Watch(ctx context.Context)
}

type Mirror struct {
	peer Peer
	life context.Context
	end  context.CancelFunc
}

type tag struct{}

// The root lives in the mirror.
func (m *Mirror) Begin(ctx context.Context) {
	m.life, m.end = context.WithCancel(context.Background())
}

// The caller's end ends it.
func (m *Mirror) Bridged(ctx context.Context, since int64) error {
	own, cancel := context.WithCancel(context.Background())
	defer cancel()
	go func() {
		select {
		case <-ctx.Done():
			cancel()
		case <-own.Done():
		}
	}()
	return m.peer.Pull(own, since)
}

// Work that goes on after the answer, with a time of its own.
func (m *Mirror) Later(ctx context.Context, since int64) {
	own, cancel := context.WithTimeout(context.Background(), time.Minute)
	go func() {
		defer cancel()
		_ = m.peer.Pull(own, since)
	}()
}

func (m *Mirror) Cut(ctx context.Context, since int64) error {
	own, cancel := context.WithCancel(context.Background()) //~ BP20 medium
	defer cancel()
	return m.peer.Pull(own, since)
}

func (m *Mirror) Tagged(ctx context.Context, since int64) error {
	own := context.WithValue(context.Background(), tag{}, since) //~ BP20 medium
	return m.peer.Pull(own, since)
}

type Link struct {
	ctx  context.Context
	peer Peer
}

// The short form, for callers that have no context.
func (l *Link) Pull(since int64) error { return l.PullContext(context.Background(), since) }

func (l *Link) PullContext(ctx context.Context, since int64) error {
	if err := l.ctx.Err(); err != nil {
		return err
	}
	return l.peer.Pull(ctx, since)
}
