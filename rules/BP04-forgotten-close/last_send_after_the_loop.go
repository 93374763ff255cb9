// The header and the footer are sent outside of the loop: the last send is a plain statement, and that is where the close belongs.
package report

import (
	"bufio"
	"io"
	"log"
)

// Write formats the rows into w, in another goroutine than the one that computes them.
func Write(w io.Writer, rows []string) {
	lines := make(chan string)
	go flushAll(w, lines)

	lines <- "id;name;total"
	for _, r := range rows {
		lines <- r
	}
	lines <- "end of report" //~ BP04 high
}

func flushAll(w io.Writer, lines <-chan string) {
	buf := bufio.NewWriter(w)
	for l := range lines {
		if _, err := buf.WriteString(l + "\n"); err != nil {
			log.Printf("report: %v", err)
		}
	}
	if err := buf.Flush(); err != nil {
		log.Printf("report: %v", err)
	}
}
