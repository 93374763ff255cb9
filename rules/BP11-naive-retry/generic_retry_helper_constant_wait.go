// A generic helper that bounds its attempts but waits the same time after
// each: one property is missing.

package orderbook

import (
	"errors"
	"time"
)

var errStale = errors.New("stale sequence number")

const settle = 200 * time.Millisecond

func again[T any](limit int, f func() (T, error)) (T, error) {
	var (
		out T
		err error
	)
	for i := 0; i < limit; i++ { //~ BP11 medium
		if out, err = f(); err == nil {
			return out, nil
		}
		time.Sleep(settle)
	}
	return out, err
}

type Book struct{ seq uint64 }

type venue interface {
	Snapshot(seq uint64) (uint64, error)
}

func (b *Book) Resync(v venue) error {
	seq, err := again(4, func() (uint64, error) {
		s, err := v.Snapshot(b.seq)
		if err == nil && s < b.seq {
			err = errStale
		}
		return s, err
	})
	if err != nil {
		return err
	}
	b.seq = seq
	return nil
}
