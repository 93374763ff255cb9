// The full branch does the job in the caller, in the same goroutine: the caller is slowed down, nothing piles up.
package thumbs

import "context"

type Job func(ctx context.Context) error

type Pool struct {
	jobs chan Job
}

func New(room int) *Pool { return &Pool{jobs: make(chan Job, room)} }

func (p *Pool) Do(ctx context.Context, j Job) error {
	select {
	case p.jobs <- j:
		return nil
	default:
		return j(ctx)
	}
}
