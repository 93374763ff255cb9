// Right: a context that may be nil gets a default, once, where the options are
// read. A context that was given is kept.

package crawler

import (
	"context"
	"net/http"
	"time"
)

type Options struct {
	Context context.Context
	Timeout time.Duration
}

func Get(url string, o *Options) (status int, err error) {
	if o == nil {
		o = &Options{}
	}
	ctx := o.Context
	if ctx == nil {
		ctx = context.Background()
	}
	if o.Timeout > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, o.Timeout)
		defer cancel()
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return 0, err
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return 0, err
	}
	defer resp.Body.Close()
	return resp.StatusCode, nil
}
