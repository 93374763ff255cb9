//highwater:nocompile

// The goroutine that writes to the socket closes its own queue when the peer is gone; whoever delivers next panics.
package push

import (
	"context"
	"errors"

	"github.com/gorilla/websocket"
	"github.com/rs/zerolog/log"
)

var errSlow = errors.New("push: peer is behind")

type peer struct {
	ws    *websocket.Conn
	queue chan []byte
}

func newPeer(ctx context.Context, ws *websocket.Conn, room int) *peer {
	p := &peer{ws: ws, queue: make(chan []byte, room)}
	go p.writePump(ctx)
	return p
}

func (p *peer) writePump(ctx context.Context) {
	defer func() {
		close(p.queue) //~ BP13 high
		if err := p.ws.Close(); err != nil {
			log.Debug().Err(err).Msg("close")
		}
	}()
	for {
		select {
		case msg := <-p.queue:
			if err := p.ws.WriteMessage(websocket.BinaryMessage, msg); err != nil {
				log.Warn().Err(err).Msg("write")
				return
			}
		case <-ctx.Done():
			return
		}
	}
}

// Deliver queues one message.
func (p *peer) Deliver(msg []byte) error {
	select {
	case p.queue <- msg:
		return nil
	default:
		return errSlow
	}
}
