// A context that a value keeps and never lives by, and the plain form of a method that takes one.
package blocks

import "context"

type records interface {
	Get(ctx context.Context, key string) (string, error)
	Open(ctx context.Context, at int64) error
}

type book struct {
	ctx context.Context
	all records
}

// Open keeps the context of whoever opened it.
func OpenBook(ctx context.Context, all records) *book { return &book{ctx: ctx, all: all} }

// Page is of an interface without contexts.
func (b *book) Page(key string) (string, error) {
	return b.all.Get(context.TODO(), key) //~ BP20 low
}

type reader struct {
	ctx context.Context
	all records
	at  int64
}

// Move is the plain form of RangeMove.
func (r *reader) Move(at int64) error {
	return r.RangeMove(context.TODO(), at)
}

// RangeMove goes to a place.
func (r *reader) RangeMove(ctx context.Context, at int64) error {
	if r.at == at {
		return nil
	}
	r.at = at
	return r.all.Open(r.ctx, at)
}
