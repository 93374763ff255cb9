// Right: no permits at all. A fixed set of workers is the limit, the queue is
// short, and a full queue is refused where the client can hear it.

package thumbs

import (
	"context"
	"log"
	"net/http"
)

type Scaler struct {
	paths chan string
}

func NewScaler(ctx context.Context, workers, queue int) *Scaler {
	s := &Scaler{paths: make(chan string, queue)}
	for i := 0; i < workers; i++ {
		go s.work(ctx)
	}
	return s
}

func (s *Scaler) work(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case path := <-s.paths:
			log.Printf("resizing %s", path)
		}
	}
}

func (s *Scaler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	select {
	case s.paths <- r.URL.Query().Get("path"):
		w.WriteHeader(http.StatusAccepted)
	default:
		w.Header().Set("Retry-After", "5")
		http.Error(w, "queue is full", http.StatusServiceUnavailable)
	}
}
