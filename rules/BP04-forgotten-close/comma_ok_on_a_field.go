// The reader uses the two-value receive and the channel is a struct field; load ends after its loop and nothing closes the field.
package ledger

import "strings"

type entry struct {
	account string
	cents   int64
}

type importer struct {
	rows    chan entry
	balance map[string]int64
}

func (im *importer) load(lines []string, parse func(string) (entry, bool)) {
	for _, l := range lines { //~ BP04 high
		if strings.HasPrefix(l, "#") {
			continue
		}
		if e, ok := parse(l); ok {
			im.rows <- e
		}
	}
}

// Import adds up the lines by account.
func Import(lines []string, parse func(string) (entry, bool)) map[string]int64 {
	im := &importer{rows: make(chan entry), balance: map[string]int64{}}
	go im.load(lines, parse)
	for {
		e, ok := <-im.rows
		if !ok {
			return im.balance
		}
		im.balance[e.account] += e.cents
	}
}
