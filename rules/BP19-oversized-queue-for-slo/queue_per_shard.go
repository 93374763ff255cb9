// Sixteen shards with a queue each: every queue has one worker, not sixteen.
// The last of 2,000 commands waits 20 s for its turn, and one second is the objective.
package book

import (
	"context"
	"time"
)

const (
	shards     = 16
	shardQueue = 2000
	perCommand = 10 * time.Millisecond
	objective  = time.Second
)

type Command struct {
	Order uint64
	Kind  byte
}

type Engine struct {
	in [shards]chan Command
}

func Start(ctx context.Context, apply func(shard int, c Command)) *Engine {
	e := &Engine{}
	for i := range e.in {
		e.in[i] = make(chan Command, shardQueue) //~ BP19 high
		go runShard(ctx, i, e.in[i], apply)
	}
	return e
}

func runShard(ctx context.Context, shard int, in <-chan Command, apply func(int, Command)) {
	for {
		select {
		case <-ctx.Done():
			return
		case c := <-in:
			apply(shard, c)
		}
	}
}

func (e *Engine) Submit(c Command) bool {
	select {
	case e.in[c.Order%shards] <- c:
		return true
	default:
		return false
	}
}
