//highwater:nocompile

// A package-level queue and a worker that init starts: there is one for the process, and it lives as long.
package events

import (
	"context"
	"encoding/json"

	"go.uber.org/zap"
)

// Event is one thing that happened.
type Event struct {
	Name   string
	Labels map[string]string
}

var pending = make(chan Event)

func init() {
	go writeAll()
}

func writeAll() {
	for { //~ BP09 low
		e := <-pending
		line, err := json.Marshal(e)
		if err != nil {
			zap.L().Warn("event", zap.Error(err))
			continue
		}
		zap.L().Info("event", zap.ByteString("json", line))
	}
}

// Emit hands the event over, or gives up with the context.
func Emit(ctx context.Context, e Event) error {
	select {
	case pending <- e:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
