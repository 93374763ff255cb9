//highwater:nocompile needs golang.org/x/time/rate
// The limit is the rate of a library's limiter, which is read, cut and set again.
package outside

import (
	"context"
	"net/http"
	"sync"

	"golang.org/x/time/rate"
)

const (
	slowest = rate.Limit(1)
	fastest = rate.Limit(200)
)

// Caller adapts its pace to what the other side bears.
type Caller struct {
	mu   sync.Mutex
	pace *rate.Limiter
}

// New begins in the middle.
func New() *Caller { return &Caller{pace: rate.NewLimiter(50, 10)} }

// Heard is told the status of each answer.
func (c *Caller) Heard(status int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	now := c.pace.Limit()
	switch {
	case status == http.StatusServiceUnavailable:
		c.pace.SetLimit(now / 2) //~ BP18 high
	case now < fastest:
		c.pace.SetLimit(now + 1)
	}
}

// Wait waits for a turn.
func (c *Caller) Wait(ctx context.Context) error { return c.pace.Wait(ctx) }

// Careful never goes below its slowest.
type Careful struct {
	mu   sync.Mutex
	pace *rate.Limiter
}

// NewCareful begins in the middle.
func NewCareful() *Careful { return &Careful{pace: rate.NewLimiter(50, 10)} }

// Heard is told the status of each answer.
func (c *Careful) Heard(status int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	now := c.pace.Limit()
	switch {
	case status == http.StatusServiceUnavailable:
		c.pace.SetLimit(max(now/2, slowest))
	case now < fastest:
		c.pace.SetLimit(now + 1)
	}
}

// Clamped says the same with a branch.
type Clamped struct {
	mu   sync.Mutex
	pace *rate.Limiter
}

// NewClamped begins in the middle.
func NewClamped() *Clamped { return &Clamped{pace: rate.NewLimiter(50, 10)} }

// Heard is told of each failure and each success.
func (c *Clamped) Heard(err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	next := c.pace.Limit() + 1
	if err != nil {
		next = c.pace.Limit() * 0.5
		if next < slowest {
			next = slowest
		}
	}
	c.pace.SetLimit(next)
}
