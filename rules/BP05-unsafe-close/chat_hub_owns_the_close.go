//highwater:nocompile

// Three closes of one client's channel, and all right: only the hub's goroutine closes and sends, and the map tells it what is still open.
package chat

import (
	"context"

	"github.com/gorilla/websocket"
	"go.uber.org/zap"
)

type client struct {
	conn *websocket.Conn
	send chan []byte
}

type hub struct {
	log       *zap.Logger
	join      chan *client
	leave     chan *client
	broadcast chan []byte
	clients   map[*client]bool
}

func (h *hub) run(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			for c := range h.clients {
				close(c.send)
			}
			return
		case c := <-h.join:
			h.clients[c] = true
		case c := <-h.leave:
			if h.clients[c] {
				delete(h.clients, c)
				close(c.send)
			}
		case msg := <-h.broadcast:
			for c := range h.clients {
				select {
				case c.send <- msg:
				default:
					h.log.Warn("client too slow, dropped", zap.Stringer("peer", c.conn.RemoteAddr()))
					delete(h.clients, c)
					close(c.send)
				}
			}
		}
	}
}

func (c *client) write(log *zap.Logger) {
	for msg := range c.send {
		if err := c.conn.WriteMessage(websocket.TextMessage, msg); err != nil {
			log.Warn("write", zap.Error(err))
		}
	}
}
