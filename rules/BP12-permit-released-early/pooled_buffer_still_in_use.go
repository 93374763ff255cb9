// A buffer goes back to its sync.Pool while the goroutine that ships it has
// not read it yet: the next caller writes into it.

package logship

import (
	"bytes"
	"encoding/json"
	"log"
	"net"
	"sync"
)

var scratch = sync.Pool{New: func() any { return new(bytes.Buffer) }}

type Shipper struct {
	mu   sync.Mutex
	conn net.Conn
}

func (s *Shipper) Ship(record map[string]string) error {
	buf := scratch.Get().(*bytes.Buffer)
	buf.Reset()
	defer scratch.Put(buf)

	if err := json.NewEncoder(buf).Encode(record); err != nil {
		return err
	}
	go s.write(buf) //~ BP12 high
	return nil
}

func (s *Shipper) write(buf *bytes.Buffer) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, err := s.conn.Write(buf.Bytes()); err != nil {
		log.Printf("ship: %v", err)
	}
}
