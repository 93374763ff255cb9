// Right: the reader may stop early, but then cancels and reads on until the sender has closed, so no send is left without a partner.
package scan

import (
	"bufio"
	"context"
	"io"
	"log"
)

type line struct {
	no   int
	text string
}

func feed(ctx context.Context, r io.Reader, out chan<- line) {
	defer close(out)
	sc := bufio.NewScanner(r)
	for no := 1; sc.Scan(); no++ {
		select {
		case out <- line{no, sc.Text()}:
		case <-ctx.Done():
			return
		}
	}
	if err := sc.Err(); err != nil {
		log.Printf("scan: %v", err)
	}
}

// Find returns the number of the first line that matches, or 0.
func Find(ctx context.Context, r io.Reader, match func(string) bool) int {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	lines := make(chan line)
	go feed(ctx, r, lines)
	found := 0
	for l := range lines {
		if found == 0 && match(l.text) {
			found = l.no
			cancel()
		}
	}
	return found
}
