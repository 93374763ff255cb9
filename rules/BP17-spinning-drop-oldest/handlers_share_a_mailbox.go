// HTTP handlers run side by side, and all of them push into one package-level
// channel in a labelled loop.

package audit

import (
	"log"
	"net/http"
)

type entry struct {
	who, path string
}

var recent = make(chan entry, 64)

func Handler(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		e := entry{who: r.Header.Get("X-User"), path: r.URL.Path}
	push:
		for { //~ BP17 high
			select {
			case recent <- e:
				break push
			default:
			}
			select {
			case old := <-recent:
				log.Printf("audit: lost %s of %s", old.path, old.who)
			default:
			}
		}
		next.ServeHTTP(w, r)
	})
}

func Recent() <-chan entry { return recent }
