// A chat hub: the handler registers its client with a bare send on an unbuffered channel.
// When the hub is stuck in a slow broadcast, no one can join.
package chat

import (
	"fmt"
	"net/http"
)

type client struct {
	name string
	room string
}

type Hub struct {
	register chan *client
	members  map[*client]bool
}

func NewHub() *Hub {
	return &Hub{
		register: make(chan *client),
		members:  make(map[*client]bool),
	}
}

func (h *Hub) admit() int {
	c := <-h.register
	h.members[c] = true
	return len(h.members)
}

func Join(h *Hub, room string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		c := &client{name: r.FormValue("name"), room: room}
		h.register <- c //~ BP06 high
		fmt.Fprintf(w, "welcome to %s, %s\n", c.room, c.name)
	}
}
