// The close is one call away: a helper waits for the senders and closes the channel that it gets as a parameter.
package thumbs

import "sync"

type thumb struct {
	path string
	size int
}

func closeAfter(senders *sync.WaitGroup, out chan<- thumb) {
	senders.Wait()
	close(out)
}

// Sizes renders every path with n renderers and returns the sizes.
func Sizes(paths []string, n int, render func(string) int) map[string]int {
	todo := make(chan string)
	done := make(chan thumb)
	var renderers sync.WaitGroup
	for i := 0; i < n; i++ {
		renderers.Add(1)
		go func() {
			defer renderers.Done()
			for p := range todo {
				done <- thumb{p, render(p)}
			}
		}()
	}
	go closeAfter(&renderers, done)
	go func() {
		defer close(todo)
		for _, p := range paths {
			todo <- p
		}
	}()
	sizes := make(map[string]int, len(paths))
	for t := range done {
		sizes[t.path] = t.size
	}
	return sizes
}
