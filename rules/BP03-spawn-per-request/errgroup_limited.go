//highwater:nocompile

// A handler that fans out over the files of one request with errgroup.SetLimit, and waits for all.
package preview

import (
	"context"
	"net/http"

	"golang.org/x/sync/errgroup"
)

type Service struct {
	render func(ctx context.Context, file string) error
}

func (s *Service) Previews(w http.ResponseWriter, r *http.Request) {
	if err := r.ParseForm(); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	g, ctx := errgroup.WithContext(r.Context())
	g.SetLimit(4)
	for _, file := range r.Form["file"] {
		file := file
		g.Go(func() error {
			return s.render(ctx, file)
		})
	}
	if err := g.Wait(); err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
	}
}
