//highwater:nocompile
// Locked and with a floor, but it only goes one way: every unavailable backend
// lowers the window, and no line raises it again.

package interceptor

import (
	"context"
	"sync"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

const minWindow = 2

type Throttle struct {
	mu     sync.Mutex
	window int
	busy   int
}

func New(window int) *Throttle { return &Throttle{window: window} }

func (t *Throttle) Unary(ctx context.Context, method string, req, reply any,
	cc *grpc.ClientConn, invoke grpc.UnaryInvoker, opts ...grpc.CallOption) error {
	if !t.enter() {
		return status.Error(codes.ResourceExhausted, "throttled")
	}
	err := invoke(ctx, method, req, reply, cc, opts...)
	t.leave(status.Code(err) == codes.Unavailable)
	return err
}

func (t *Throttle) enter() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.busy >= t.window {
		return false
	}
	t.busy++
	return true
}

func (t *Throttle) leave(overloaded bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.busy--
	if overloaded && t.window > minWindow {
		t.window /= 2 //~ BP18 high
	}
}
