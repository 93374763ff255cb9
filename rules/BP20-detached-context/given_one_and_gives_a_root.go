// A helper is given what the caller asked, and gives a context that has nothing of the caller's end.
package lookup

import (
	"context"
	"net/http"
	"time"
)

type shelfKey struct{}

// Shelves answers questions about books.
type Shelves interface {
	Find(ctx context.Context, title string) (string, error)
}

// Desk answers readers.
type Desk struct{ shelves Shelves }

func marked(r *http.Request) context.Context {
	shelf := r.Header.Get("X-Shelf")
	if shelf == "" {
		return r.Context()
	}
	return context.WithValue(context.Background(), shelfKey{}, shelf) //~ BP20 medium
}

// Ask waits for a helper's context.
func (d *Desk) Ask(w http.ResponseWriter, r *http.Request) {
	ctx := marked(r)
	place, err := d.shelves.Find(ctx, r.FormValue("title"))
	if err != nil {
		http.Error(w, "not found", http.StatusNotFound)
		return
	}
	_, _ = w.Write([]byte(place))
}

func limited(_ *http.Request, ctx context.Context) (context.Context, context.CancelFunc) {
	if deadline, ok := ctx.Deadline(); ok && time.Until(deadline) < time.Second {
		return context.WithCancel(ctx)
	}
	return context.WithTimeout(context.Background(), time.Second) //~ BP20 medium
}

// Peek has a second, whoever has left.
func (d *Desk) Peek(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := limited(r, r.Context())
	defer cancel()
	place, err := d.shelves.Find(ctx, r.FormValue("title"))
	if err != nil {
		http.Error(w, "not found", http.StatusNotFound)
		return
	}
	_, _ = w.Write([]byte(place))
}

func labelled(r *http.Request) context.Context {
	return context.WithValue(r.Context(), shelfKey{}, r.Header.Get("X-Shelf"))
}

// Look is right: the label is put into the caller's context.
func (d *Desk) Look(w http.ResponseWriter, r *http.Request) {
	place, err := d.shelves.Find(labelled(r), r.FormValue("title"))
	if err != nil {
		http.Error(w, "not found", http.StatusNotFound)
		return
	}
	_, _ = w.Write([]byte(place))
}

// detached keeps the shelf and not the end.
func detached(r *http.Request) context.Context {
	return context.WithValue(context.Background(), shelfKey{}, r.Header.Get("X-Shelf"))
}

// Reserve is right: its name says that it is meant.
func (d *Desk) Reserve(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithTimeout(detached(r), time.Second)
	defer cancel()
	if _, err := d.shelves.Find(ctx, r.FormValue("title")); err != nil {
		http.Error(w, "not found", http.StatusNotFound)
	}
}
