// Right: the label takes the break out of the loop, so what comes after the loop is reached; the done channel comes from a helper.
package tailer

import (
	"bufio"
	"io"
	"log"
	"sync"
	"time"
)

type tailer struct {
	lines chan string
	quit  chan struct{}
	once  sync.Once
	ended sync.WaitGroup
}

func (t *tailer) stopped() <-chan struct{} { return t.quit }

func (t *tailer) run(w io.Writer) {
	defer t.ended.Done()
	out := bufio.NewWriter(w)
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
loop:
	for {
		select {
		case l := <-t.lines:
			if _, err := out.WriteString(l); err != nil {
				log.Printf("tailer: %v", err)
				break loop
			}
		case <-tick.C:
			if err := out.Flush(); err != nil {
				break loop
			}
		case <-t.stopped():
			break loop
		}
	}
	if err := out.Flush(); err != nil {
		log.Printf("tailer: last flush: %v", err)
	}
}

func (t *tailer) start(w io.Writer) {
	t.ended.Add(1)
	go t.run(w)
}

func (t *tailer) close() {
	t.once.Do(func() { close(t.quit) })
	t.ended.Wait()
}
