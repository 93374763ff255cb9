// A middleware closure: the answer goes out first, then each request leaves a goroutine behind.
package audit

import (
	"log"
	"net/http"
	"time"
)

type Entry struct {
	User string
	Path string
	Took time.Duration
}

type Writer interface{ Write(Entry) error }

func Middleware(out Writer) func(http.Handler) http.Handler {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			began := time.Now()
			next.ServeHTTP(w, r)
			e := Entry{User: r.Header.Get("X-User"), Path: r.URL.Path, Took: time.Since(began)}
			go write(out, e) //~ BP03 high
		})
	}
}

func write(out Writer, e Entry) {
	if err := out.Write(e); err != nil {
		log.Printf("audit %s: %v", e.Path, err)
	}
}
