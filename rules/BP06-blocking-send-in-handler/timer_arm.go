// A handler that waits for room for a short time: the timer's arm is the way out.
// The helper is shared with a background importer that has a context of its own.
package intake

import (
	"context"
	"errors"
	"net/http"
	"time"
)

var errSlow = errors.New("intake: no room in time")

type Intake struct {
	docs chan string
}

func NewIntake(room int) *Intake { return &Intake{docs: make(chan string, room)} }

func (in *Intake) offer(doc string, patience time.Duration) error {
	t := time.NewTimer(patience)
	defer t.Stop()
	select {
	case in.docs <- doc:
		return nil
	case <-t.C:
		return errSlow
	}
}

func (in *Intake) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if err := in.offer(r.FormValue("doc"), 100*time.Millisecond); err != nil {
		http.Error(w, err.Error(), http.StatusServiceUnavailable)
	}
}

func (in *Intake) Import(ctx context.Context, docs []string) error {
	for _, doc := range docs {
		select {
		case in.docs <- doc:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return nil
}
