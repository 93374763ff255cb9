// The agent was given a context when it was made and keeps it in a field. One
// of its two calls uses it.

package agent

import (
	"context"
	"fmt"
)

type Hub interface {
	Register(ctx context.Context, device string) (session string, err error)
	Report(ctx context.Context, session string, milliwatts []int64) error
}

type Agent struct {
	ctx     context.Context
	hub     Hub
	device  string
	session string
}

func New(ctx context.Context, hub Hub, device string) *Agent {
	return &Agent{ctx: ctx, hub: hub, device: device}
}

func (a *Agent) Open() error {
	session, err := a.hub.Register(a.ctx, a.device)
	if err != nil {
		return fmt.Errorf("device %s: %w", a.device, err)
	}
	a.session = session
	return nil
}

func (a *Agent) Report(milliwatts []int64) error {
	return a.hub.Report(context.TODO(), a.session, milliwatts) //~ BP20 medium
}
