// One goroutine tries now and then and hears its context in between. A request that waits for it is another thing,
// and so is a quick beat.

package mirror

import (
	"context"
	"net/http"
	"time"
)

type Upstream interface {
	Announce(ctx context.Context, name string) error
}

func KeepAnnounced(ctx context.Context, up Upstream, name string) {
	for { //~ BP11 low
		if err := up.Announce(ctx, name); err == nil {
			return
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(30 * time.Second):
		}
	}
}

func AnnounceQuickly(ctx context.Context, up Upstream, name string) {
	for { //~ BP11 medium
		if err := up.Announce(ctx, name); err == nil {
			return
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(200 * time.Millisecond):
		}
	}
}

type door struct {
	up Upstream
}

func (d *door) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	for { //~ BP11 medium
		if err := d.up.Announce(r.Context(), r.URL.Path); err == nil {
			return
		}
		select {
		case <-r.Context().Done():
			return
		case <-time.After(30 * time.Second):
		}
	}
}
