// Workers that start once and live as long as the process: a clock that the package keeps, and what a once of the package starts. One whose owner has a Stop that does not reach it stays a bug.
package clock

import (
	"sync"
	"sync/atomic"
	"time"
)

var (
	now   atomic.Int64
	begin sync.Once
	rates = newRates()
)

// Start keeps the coarse clock.
func Start() {
	go func() {
		for t := range time.Tick(time.Second) { //~ BP09 low
			now.Store(t.Unix())
		}
	}()
}

// Watch counts seconds from its first call on.
func Watch(seen *atomic.Int64) {
	begin.Do(func() {
		go func() {
			for { //~ BP09 low
				time.Sleep(time.Second)
				seen.Add(1)
			}
		}()
	})
}

type rateTable struct {
	turns atomic.Int64
}

func newRates() *rateTable {
	r := &rateTable{}
	go r.refresh()
	return r
}

func (r *rateTable) refresh() {
	for { //~ BP09 low
		time.Sleep(time.Minute)
		r.turns.Add(1)
	}
}

// Turns says how often the table of the package was made anew.
func Turns() int64 { return rates.turns.Load() }

// Alarm rings every hour.
type Alarm struct {
	rings  atomic.Int64
	ticker *time.Ticker
}

// Begin lets it ring.
func (a *Alarm) Begin() {
	a.ticker = time.NewTicker(time.Hour)
	go func() {
		for range a.ticker.C { //~ BP09 high
			a.rings.Add(1)
		}
	}()
}

// Stop was meant to end it.
func (a *Alarm) Stop() { a.ticker.Stop() }

// Rings says how often it has rung.
func (a *Alarm) Rings() int64 { return a.rings.Load() }
