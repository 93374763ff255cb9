// Right: the loop in Drain looks at the work each time it wakes, hears its context, and says what is left.
package renderfarm

import (
	"context"
	"fmt"
	"sync/atomic"
	"time"
)

// Farm counts its running jobs.
type Farm struct {
	closed atomic.Bool
	busy   atomic.Int32
}

// Run does the job unless the farm is closed.
func (f *Farm) Run(job func() error) error {
	f.busy.Add(1)
	defer f.busy.Add(-1)
	if f.closed.Load() {
		return fmt.Errorf("renderfarm: closed")
	}
	return job()
}

// Drain refuses new jobs and returns when the running ones have ended.
func (f *Farm) Drain(ctx context.Context) error {
	f.closed.Store(true)
	t := time.NewTicker(50 * time.Millisecond)
	defer t.Stop()
	for f.busy.Load() > 0 {
		select {
		case <-t.C:
		case <-ctx.Done():
			return fmt.Errorf("renderfarm: %d jobs left: %w", f.busy.Load(), ctx.Err())
		}
	}
	return nil
}
