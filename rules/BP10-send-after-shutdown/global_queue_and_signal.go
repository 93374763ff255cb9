// No type at all: package functions, and the close comes from the goroutine that waits for the signal.
package ingest

import (
	"bufio"
	"io"
	"log"
	"os"
	"os/signal"
)

var samples = make(chan string)

func readAll(r io.Reader) {
	sc := bufio.NewScanner(r)
	for sc.Scan() {
		if sc.Text() == "" {
			continue
		}
		samples <- sc.Text() //~ BP10 high
	}
	log.Printf("input has ended: %v", sc.Err())
}

func stopOnSignal() {
	sig := make(chan os.Signal, 1)
	signal.Notify(sig, os.Interrupt)
	<-sig
	close(samples)
}

func run(write func(string)) {
	go stopOnSignal()
	go readAll(os.Stdin)
	for s := range samples {
		write(s)
	}
}
