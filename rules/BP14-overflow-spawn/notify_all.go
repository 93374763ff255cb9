// A fan-out to subscribers: one slow subscriber collects a goroutine per update.
package price

import "sync"

type Update struct {
	Symbol string
	Cents  int64
}

type Board struct {
	mu   sync.RWMutex
	subs []chan Update
}

func (b *Board) Subscribe(room int) <-chan Update {
	ch := make(chan Update, room)
	b.mu.Lock()
	b.subs = append(b.subs, ch)
	b.mu.Unlock()
	return ch
}

func (b *Board) Set(u Update) {
	b.mu.RLock()
	defer b.mu.RUnlock()
	for _, sub := range b.subs {
		sub := sub
		select {
		case sub <- u:
		default:
			go func() { sub <- u }() //~ BP14 high
		}
	}
}
