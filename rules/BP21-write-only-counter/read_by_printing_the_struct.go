// Right: the fields are read by reflection, when the whole struct is printed
// at the end.

package logship

import (
	"bufio"
	"fmt"
	"io"
	"log"
)

type tally struct {
	lines, long, empty int
	bytes              int64
}

func Ship(src io.Reader, dst io.Writer) error {
	var n tally
	defer func() { log.Printf("shipped: %+v", n) }()

	in := bufio.NewScanner(src)
	for in.Scan() {
		line := in.Bytes()
		n.lines++
		switch {
		case len(line) == 0:
			n.empty++
			continue
		case len(line) > 8<<10:
			n.long++
			line = line[:8<<10]
		}
		n.bytes += int64(len(line))
		if _, err := fmt.Fprintf(dst, "%s\n", line); err != nil {
			return err
		}
	}
	return in.Err()
}
