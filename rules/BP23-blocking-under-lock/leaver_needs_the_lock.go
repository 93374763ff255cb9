// Whoever leaves strikes himself off under the lock, behind a defer: nobody takes from his channel
// any more, and who sends to him has the lock.
package court

import (
	"net"
	"sync"
)

type crier struct {
	conn net.Conn
	news chan string
}

type court struct {
	mu     sync.Mutex
	criers map[*crier]bool
}

func (c *court) Admit(conn net.Conn) {
	one := &crier{conn: conn, news: make(chan string, 8)}
	c.mu.Lock()
	c.criers[one] = true
	c.mu.Unlock()
	go c.cry(one)
}

func (c *court) Proclaim(news string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for one := range c.criers {
		one.news <- news //~ BP23 medium
	}
}

func (c *court) cry(one *crier) {
	defer c.dismiss(one)
	for news := range one.news {
		if _, err := one.conn.Write([]byte(news)); err != nil {
			return
		}
	}
}

func (c *court) dismiss(one *crier) {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.criers, one)
	one.conn.Close()
}
