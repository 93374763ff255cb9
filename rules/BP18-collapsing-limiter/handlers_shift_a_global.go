// A package variable, a shift instead of a division, and HTTP handlers that
// change it side by side.

package proxy

import (
	"io"
	"log"
	"net/http"
	"sync/atomic"
)

var (
	maxParallel int64 = 64
	running     atomic.Int64
)

func Handler(upstream string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		defer running.Add(-1)
		if running.Add(1) > maxParallel {
			http.Error(w, "overloaded", http.StatusServiceUnavailable)
			return
		}
		resp, err := http.Get(upstream + r.URL.Path)
		if err != nil {
			maxParallel >>= 1 //~ BP18 high
			http.Error(w, "bad gateway", http.StatusBadGateway)
			return
		}
		defer resp.Body.Close()
		if maxParallel < 64 {
			maxParallel++
		}
		if _, err := io.Copy(w, resp.Body); err != nil {
			log.Printf("proxy: %v", err)
		}
	}
}
