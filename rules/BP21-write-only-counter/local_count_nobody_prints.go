// A local counter, captured by a closure. It dies with the function, and the
// log line at the end prints the other one.

package mailbox

import (
	"log"
	"strings"
)

func Import(lines []string, store func(from, body string) error) error {
	var imported, skipped int
	each := func(line string) error {
		from, body, ok := strings.Cut(line, ": ")
		if !ok {
			skipped = skipped + 1 //~ BP21 high
			return nil
		}
		if err := store(from, body); err != nil {
			return err
		}
		imported++
		return nil
	}
	for _, line := range lines {
		if err := each(line); err != nil {
			return err
		}
	}
	log.Printf("%d messages imported", imported)
	return nil
}
