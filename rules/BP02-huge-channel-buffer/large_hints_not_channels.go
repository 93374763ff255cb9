// Large numbers that are no channel capacity: slice and map hints, an array, a byte limit.
package index

import "io"

const maxBody = 32 << 20

type Index struct {
	words map[string]int32
	posts []int32
	heads [1 << 16]int32
	dirty chan struct{}
}

func New() *Index {
	return &Index{
		words: make(map[string]int32, 1_000_000),
		posts: make([]int32, 0, 4_000_000),
		dirty: make(chan struct{}, 1),
	}
}

func read(r io.Reader) ([]byte, error) {
	return io.ReadAll(io.LimitReader(r, maxBody))
}
