// A handler for a long-lived connection: one writer goroutine beside the reading handler,
// joined before the handler returns. One per open connection, never one per message.
package stream

import (
	"net/http"
	"sync"
)

type Conn interface {
	ReadMessage() ([]byte, error)
	WriteMessage([]byte) error
	Close() error
}

type Hub struct {
	upgrade func(http.ResponseWriter, *http.Request) (Conn, error)
	join    func(Conn) (out <-chan []byte, leave func())
	receive func([]byte)
}

func (h *Hub) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	conn, err := h.upgrade(w, r)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	out, leave := h.join(conn)
	defer leave()
	stop := make(chan struct{})
	var wg sync.WaitGroup
	wg.Add(1)
	go func() {
		defer wg.Done()
		defer conn.Close() // wakes the reader
		for {
			select {
			case <-stop:
				return
			case msg, ok := <-out:
				if !ok || conn.WriteMessage(msg) != nil {
					return
				}
			}
		}
	}()
	for {
		msg, err := conn.ReadMessage()
		if err != nil {
			break
		}
		h.receive(msg)
	}
	close(stop)
	conn.Close()
	wg.Wait()
}
