// Right: a batch that is split until it fits, a moving average, and a search
// all halve something, and none of them admits work.

package loader

import (
	"errors"
	"fmt"
	"time"
)

var ErrTooLarge = errors.New("too large")

func Load(rows []string, insert func([]string) error) error {
	size := len(rows)
	for len(rows) > 0 {
		if size > len(rows) {
			size = len(rows)
		}
		err := insert(rows[:size])
		switch {
		case err == nil:
			rows = rows[size:]
		case errors.Is(err, ErrTooLarge) && size > 1:
			size /= 2
		default:
			return fmt.Errorf("%d rows left: %w", len(rows), err)
		}
	}
	return nil
}

type Latency struct{ average time.Duration }

func (l *Latency) Observe(d time.Duration) time.Duration {
	l.average = (l.average*7 + d) / 8
	return l.average
}

func FirstAfter(times []time.Time, t time.Time) int {
	lo, hi := 0, len(times)
	for lo < hi {
		mid := lo + (hi-lo)/2
		if times[mid].After(t) {
			hi = mid
		} else {
			lo = mid + 1
		}
	}
	return lo
}
