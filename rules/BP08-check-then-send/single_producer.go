// Exactly one goroutine can send: the channel is local and leaves the function for receiving only.
// A free slot stays free until this goroutine uses it, so the send never waits.
package tail

import (
	"bufio"
	"io"
	"log"
)

func Lines(src io.Reader, room int) <-chan string {
	lines := make(chan string, room)
	go func() {
		defer close(lines)
		skipped := 0
		in := bufio.NewScanner(src)
		for in.Scan() {
			if len(lines) == cap(lines) {
				skipped++
				continue
			}
			lines <- in.Text()
		}
		if skipped > 0 || in.Err() != nil {
			log.Printf("tail: %d lines skipped, %v", skipped, in.Err())
		}
	}()
	return lines
}
