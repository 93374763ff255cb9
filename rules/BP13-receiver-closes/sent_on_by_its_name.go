//highwater:nocompile

// What is sent on is a field of what is kept out of view, and the only one by that name. Its receiver closes it when the
// peer has gone; it had better tell by another channel.

package lobby

import "github.com/gorilla/websocket"

type guest struct {
	peer  *websocket.Conn
	cards chan []byte
}

func (g *guest) deal() {
	defer func() {
		close(g.cards) //~ BP13 medium
		g.peer.Close()
	}()
	for {
		card := <-g.cards
		if err := g.peer.WriteMessage(websocket.BinaryMessage, card); err != nil {
			return
		}
	}
}

func (t *table) all(card []byte) {
	for g := range t.seated {
		select {
		case g.cards <- card:
		default:
			t.skipped.Inc()
		}
	}
}

type viewer struct {
	peer  *websocket.Conn
	shots chan []byte
	left  chan struct{}
}

func (v *viewer) show() {
	defer close(v.left)
	for shot := range v.shots {
		if err := v.peer.WriteMessage(websocket.BinaryMessage, shot); err != nil {
			return
		}
	}
}

func (t *table) cast(shot []byte) {
	for v := range t.viewers {
		select {
		case v.shots <- shot:
		case <-v.left:
			delete(t.viewers, v)
		}
	}
}
