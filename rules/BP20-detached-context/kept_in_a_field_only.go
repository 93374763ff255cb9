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

// Seek is the plain form of RangeSeek.
func (r *reader) Rewind(at int64) error {
	return r.RangeSeek(context.TODO(), at)
}

// RangeSeek goes to a place.
func (r *reader) RangeSeek(ctx context.Context, at int64) error {
	if r.at == at {
		return nil
	}
	r.at = at
	return r.all.Open(r.ctx, at)
}
