// A task under a once, and a task that fills a pipe whose other end the handler reads under another
// name: neither outlives the request in numbers.
package export

import (
	"io"
	"net/http"
	"sync"
)

type Server struct {
	warm  sync.Once
	write func(io.Writer) error
	fill  func()
	index func(string)
}

func (s *Server) Export(w http.ResponseWriter, r *http.Request) {
	go s.warm.Do(s.fill)
	from, to := io.Pipe()
	body := io.Reader(nil)
	source := from
	defer from.Close()
	go func() {
		to.CloseWithError(s.write(to))
	}()
	body = source
	_, _ = io.Copy(w, body)
}

func (s *Server) Index(w http.ResponseWriter, r *http.Request) {
	go s.index(r.URL.Path) //~ BP03 high
	w.WriteHeader(http.StatusAccepted)
}
