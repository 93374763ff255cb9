// The full branch acts: the slow client is removed, its channel closed by the only sender, and that is logged.
// The client sees the end of its stream and can connect again.
package ticker

import (
	"log"
	"sync"
)

type Client struct {
	name   string
	prices chan int64
}

func (c *Client) Prices() <-chan int64 { return c.prices }

type Board struct {
	mu      sync.Mutex
	clients map[*Client]struct{}
}

func NewBoard() *Board { return &Board{clients: make(map[*Client]struct{})} }

func (b *Board) Join(name string, room int) *Client {
	c := &Client{name: name, prices: make(chan int64, room)}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.clients[c] = struct{}{}
	return c
}

func (b *Board) Publish(cents int64) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for c := range b.clients {
		select {
		case c.prices <- cents:
		default:
			delete(b.clients, c)
			close(c.prices)
			log.Printf("ticker: %s is too slow, cut off", c.name)
		}
	}
}
