// Goroutines that end with their handler, or that the handler stays for: a pipe, a closer of the
// results, a stream, a watcher of the request's end.
package report

import (
	"fmt"
	"io"
	"net/http"
	"sync"
)

type Store interface {
	Export(w io.Writer, table string) error
	Count(table string) int
	Cancel(id string)
}

type Reports struct{ store Store }

// The goroutine writes what the handler reads; either end going away ends the other.
func (s *Reports) Export(w http.ResponseWriter, r *http.Request) {
	out, in := io.Pipe()
	defer out.Close()
	table := r.FormValue("table")
	go func() {
		in.CloseWithError(s.store.Export(in, table))
	}()
	if _, err := io.Copy(w, out); err != nil {
		http.Error(w, err.Error(), http.StatusBadGateway)
	}
}

// One goroutine waits for the others and closes what the handler ranges over.
func (s *Reports) Counts(w http.ResponseWriter, r *http.Request) {
	counts := make(chan int)
	var wg sync.WaitGroup
	for _, table := range []string{"orders", "users"} {
		table := table
		wg.Add(1)
		go func() {
			defer wg.Done()
			counts <- s.store.Count(table)
		}()
	}
	go func() {
		wg.Wait()
		close(counts)
	}()
	total := 0
	for n := range counts {
		total += n
	}
	fmt.Fprintln(w, total)
}

// The watcher ends when the request does.
func (s *Reports) Long(w http.ResponseWriter, r *http.Request) {
	ctx, id := r.Context(), r.FormValue("id")
	go func() {
		<-ctx.Done()
		s.store.Cancel(id)
	}()
	fmt.Fprintln(w, s.store.Count(id))
}
