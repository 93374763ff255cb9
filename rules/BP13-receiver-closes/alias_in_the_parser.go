// The parser keeps the channel under another name and closes it at the first bad record; the reader goroutine is still sending.
package csvload

import (
	"bufio"
	"io"
	"log"
	"strings"
)

type loader struct {
	raw chan string
	bad string
}

func (l *loader) readFrom(r io.Reader) {
	sc := bufio.NewScanner(r)
	for sc.Scan() {
		l.raw <- sc.Text()
	}
	if err := sc.Err(); err != nil {
		log.Printf("csvload: %v", err)
	}
	l.raw <- ""
}

func (l *loader) parse(columns int, row func([]string)) bool {
	records := l.raw
	for {
		rec := <-records
		if rec == "" {
			return true
		}
		fields := strings.Split(rec, ";")
		if len(fields) != columns {
			l.bad = rec
			close(records) //~ BP13 high
			return false
		}
		row(fields)
	}
}

// Load calls row for each record; it returns the first record that has the wrong shape.
func Load(r io.Reader, columns int, row func([]string)) (string, bool) {
	l := &loader{raw: make(chan string)}
	go l.readFrom(r)
	ok := l.parse(columns, row)
	return l.bad, ok
}
