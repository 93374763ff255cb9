//highwater:nocompile
// Right: the library brings growth, jitter and the cap; the caller adds the
// limit and the context.

package webhooks

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/cenkalti/backoff/v4"
)

var errServer = errors.New("server error")

type Dispatcher struct {
	client *http.Client
}

func (d *Dispatcher) Deliver(ctx context.Context, url string) error {
	policy := backoff.NewExponentialBackOff()
	policy.InitialInterval = 250 * time.Millisecond
	policy.MaxInterval = 10 * time.Second

	return backoff.Retry(func() error {
		req, err := http.NewRequestWithContext(ctx, http.MethodPost, url, nil)
		if err != nil {
			return backoff.Permanent(err)
		}
		resp, err := d.client.Do(req)
		if err != nil {
			return err
		}
		defer resp.Body.Close()
		if resp.StatusCode >= 500 {
			return errServer
		}
		return nil
	}, backoff.WithContext(backoff.WithMaxRetries(policy, 6), ctx))
}
