// What only lacks jitter is over before it tells, where three tries are the default of a setting.
package gate

import (
	"context"
	"net/http"
	"time"
)

type Options struct {
	Tries int
	More  int
	Pause time.Duration
}

func defaultOptions() Options {
	return Options{Tries: 3, More: 12, Pause: 2 * time.Second}
}

type Gate struct {
	client  *http.Client
	options Options
}

func New() *Gate {
	return &Gate{client: http.DefaultClient, options: defaultOptions()}
}

func (g *Gate) Few(ctx context.Context, address string) (err error) {
	pause := g.options.Pause
	for tried := 0; tried < g.options.Tries; tried++ { //~ BP11 low
		var answer *http.Response
		if answer, err = g.client.Get(address); err == nil {
			return answer.Body.Close()
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(pause):
		}
		pause *= 2
	}
	return err
}

func (g *Gate) Many(ctx context.Context, address string) (err error) {
	pause := g.options.Pause
	for tried := 0; tried < g.options.More; tried++ { //~ BP11 medium
		var answer *http.Response
		if answer, err = g.client.Get(address); err == nil {
			return answer.Body.Close()
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(pause):
		}
		pause *= 2
	}
	return err
}
