// A generic pipeline stage: the source closes its channel, the stage in the middle forgets to, and the caller's range never ends.
package pipeline

func source[T any](items []T) <-chan T {
	out := make(chan T)
	go func() {
		defer close(out)
		for _, it := range items {
			out <- it
		}
	}()
	return out
}

func mapStage[A, B any](in <-chan A, f func(A) B) <-chan B {
	out := make(chan B)
	go func() {
		for a := range in { //~ BP04 high
			out <- f(a)
		}
	}()
	return out
}

// Lengths returns the length of each word.
func Lengths(words []string) []int {
	var lens []int
	for n := range mapStage(source(words), func(w string) int { return len(w) }) {
		lens = append(lens, n)
	}
	return lens
}
