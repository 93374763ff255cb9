// The mirror with a range: the sender closes at its end, but its error path returns before that, and the reader waits on.
package ledger

import (
	"log"
	"sync"
)

type posting struct {
	account string
	cents   int64
}

func parseAll(lines []string, parse func(string) (posting, error), out chan<- posting) {
	for i, l := range lines {
		p, err := parse(l)
		if err != nil {
			log.Printf("line %d: %v", i+1, err)
			return
		}
		out <- p
	}
	close(out)
}

// Sum adds up the postings of each account.
func Sum(lines []string, parse func(string) (posting, error)) map[string]int64 {
	postings := make(chan posting)
	totals := map[string]int64{}
	var reader sync.WaitGroup
	reader.Add(1)
	go func() {
		defer reader.Done()
		for p := range postings { //~ BP22 high
			totals[p.account] += p.cents
		}
	}()
	parseAll(lines, parse, postings)
	reader.Wait()
	return totals
}
