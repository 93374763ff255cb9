//highwater:nocompile needs Go 1.21
// Right (Go 1.21): the order is accepted when the answer is out, so the rest
// keeps the caller's values, drops its cancel, and has a timeout of its own.

package orders

import (
	"context"
	"log/slog"
	"time"
)

type Order struct{ ID string }

type Book interface {
	Place(ctx context.Context, o Order) error
	Confirm(ctx context.Context, o Order) error
}

type Desk struct {
	book Book
	log  *slog.Logger
}

func (d *Desk) Place(ctx context.Context, o Order) error {
	if err := d.book.Place(ctx, o); err != nil {
		return err
	}
	// The order stands. The caller's leaving must not keep the other side
	// from hearing of it.
	after, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	if err := d.book.Confirm(after, o); err != nil {
		d.log.WarnContext(ctx, "not confirmed", "order", o.ID, "error", err)
	}
	return nil
}
