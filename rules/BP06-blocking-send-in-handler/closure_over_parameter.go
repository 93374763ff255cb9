// Handlers as closures in a routes function: the channel is its parameter, made by the caller in view.
package hooks

import (
	"io"
	"net/http"
)

const maxBody = 1 << 20

func routes(mux *http.ServeMux, in chan<- []byte) {
	mux.HandleFunc("/hooks/card", func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		in <- body //~ BP06 high
		w.WriteHeader(http.StatusNoContent)
	})
	mux.HandleFunc("/hooks/ping", func(w http.ResponseWriter, r *http.Request) {
		select {
		case in <- []byte("ping"):
		default:
			http.Error(w, "busy", http.StatusServiceUnavailable)
		}
	})
}

func NewMux() (*http.ServeMux, <-chan []byte) {
	mux := http.NewServeMux()
	in := make(chan []byte, 32)
	routes(mux, in)
	return mux, in
}
