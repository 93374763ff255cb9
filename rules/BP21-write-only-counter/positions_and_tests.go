// Numbers that are moved on and are no count of events, and numbers that are there for tests, which
// are out of view: worth a look at most.
package reader

import "io"

type Reader struct {
	from io.Reader
	pos  int64
	// for tests: how often a block was skipped
	skipped int

	wakeupsForTest int
	broken         int
}

func New(from io.Reader) *Reader { return &Reader{from: from} }

func (r *Reader) Read(p []byte) (int, error) {
	n, err := r.from.Read(p)
	r.pos += int64(n) //~ BP21 low
	if n == 0 {
		r.skipped++        //~ BP21 low
		r.wakeupsForTest++ //~ BP21 low
	}
	if err != nil {
		r.broken++ //~ BP21 high
	}
	return n, err
}

func place(start, header uintptr, has bool) uintptr {
	top := start - 8
	arg := top
	if has {
		arg += header //~ BP21 low
	}
	return top
}
