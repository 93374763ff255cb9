// Offer says whether it took the quote. Its first caller does not listen, its second one does.
package marketdata

import "sync/atomic"

type Quote struct {
	Symbol string
	Cents  int64
}

type Feed struct {
	quotes chan Quote
	missed atomic.Int64
}

func (f *Feed) Offer(q Quote) bool {
	select {
	case f.quotes <- q:
		return true
	default:
		return false
	}
}

// OnTrade is called by the exchange client for each trade.
func (f *Feed) OnTrade(symbol string, cents int64) {
	f.Offer(Quote{Symbol: symbol, Cents: cents}) //~ BP07 high
}

// OnBook is called for each change of the best price.
func (f *Feed) OnBook(symbol string, cents int64) {
	if !f.Offer(Quote{Symbol: symbol, Cents: cents}) {
		f.missed.Add(1)
	}
}

func (f *Feed) Missed() int64 { return f.missed.Load() }
