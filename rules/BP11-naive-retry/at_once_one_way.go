// A broken connection goes round at once, while the wait stands only behind an answer that is a
// refusal. Where both lead to the wait, nothing is wrong.
package quotes

import (
	"context"
	"errors"
	"log"
	"math/rand"
	"net/http"
	"time"
)

var errTired = errors.New("no quote")

func skipsTheWait(ctx context.Context, client *http.Client, req *http.Request) (*http.Response, error) {
	ceiling := 100 * time.Millisecond
	for attempt := 0; attempt < 8; attempt++ { //~ BP11 medium
		resp, err := client.Do(req.Clone(ctx))
		if err != nil {
			log.Printf("attempt %d: %v", attempt, err)
			continue
		}
		if resp.StatusCode < 500 {
			return resp, nil
		}
		resp.Body.Close()
		if err := pause(ctx, ceiling); err != nil {
			return nil, err
		}
		ceiling *= 2
	}
	return nil, errTired
}

func waitsAlways(ctx context.Context, client *http.Client, req *http.Request) (*http.Response, error) {
	ceiling := 100 * time.Millisecond
	for attempt := 0; attempt < 8; attempt++ {
		resp, err := client.Do(req.Clone(ctx))
		if err == nil && resp.StatusCode < 500 {
			return resp, nil
		}
		if err == nil {
			resp.Body.Close()
		}
		if err := pause(ctx, ceiling); err != nil {
			return nil, err
		}
		ceiling *= 2
	}
	return nil, errTired
}

func pause(ctx context.Context, ceiling time.Duration) error {
	timer := time.NewTimer(time.Duration(rand.Int63n(int64(ceiling))))
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
