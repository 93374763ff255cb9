// The older functions of sync/atomic on a package variable, counted on the one
// path that nobody sees: the message that was not worth a second try.

package webhook

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"sync/atomic"
)

var abandoned uint64

var errPermanent = errors.New("endpoint refused the event")

// Post delivers one event, without a body.
func Post(ctx context.Context, client *http.Client, url string) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, url, http.NoBody)
	if err != nil {
		return err
	}
	resp, err := client.Do(req)
	if err != nil {
		return fmt.Errorf("post: %w", err)
	}
	defer resp.Body.Close()
	if resp.StatusCode == http.StatusGone {
		atomic.AddUint64(&abandoned, 1) //~ BP21 high
		return errPermanent
	}
	return nil
}
