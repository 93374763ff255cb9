// The channel is made in a function that is given the room, here with its types written out.
package pipes

const lines = 40 * 30 * 25

type pipe[T any] struct {
	ch chan T
}

func newPipe[T any](room int) pipe[T] {
	return pipe[T]{ch: make(chan T, room)} //~ BP02 high
}

// Press has two pipes, one of them huge.
type Press struct {
	sheets pipe[int]
	words  pipe[string]
}

// New makes a press.
func New() *Press {
	return &Press{sheets: newPipe[int](64), words: newPipe[string](lines)}
}

func newTube(room int) chan int { return make(chan int, room) }

// Tubes are small.
func Tubes() (a, b chan int) { return newTube(16), newTube(256) }
