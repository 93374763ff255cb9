// "go" in places that are no handlers: workers started once by the constructor, a server in main.
// The handler itself only tries to send.
package main

import (
	"context"
	"flag"
	"log"
	"net/http"
	"os/signal"
	"runtime"
	"syscall"
)

type resizer struct {
	paths chan string
}

func newResizer(ctx context.Context, workers, backlog int) *resizer {
	rs := &resizer{paths: make(chan string, backlog)}
	for i := 0; i < workers; i++ {
		go rs.work(ctx)
	}
	return rs
}

func (rs *resizer) work(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case p := <-rs.paths:
			log.Printf("resized %s", p)
		}
	}
}

func (rs *resizer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	select {
	case rs.paths <- r.URL.Path:
	default:
		http.Error(w, "busy", http.StatusServiceUnavailable)
	}
}

func main() {
	backlog := flag.Int("backlog", 64, "images that may wait")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	defer stop()
	srv := &http.Server{Addr: ":8080", Handler: newResizer(ctx, runtime.NumCPU(), *backlog)}
	failed := make(chan error, 1)
	go func() { failed <- srv.ListenAndServe() }()
	select {
	case <-ctx.Done():
	case err := <-failed:
		log.Print(err)
	}
}
