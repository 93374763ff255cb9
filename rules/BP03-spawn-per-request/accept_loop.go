// A TCP server: one goroutine per connection, no limit on connections. Normal for Go, worth a look.
// The second loop takes a slot before it accepts and gives it back inside the goroutine.
package relay

import (
	"io"
	"log"
	"net"
)

func echo(conn net.Conn) {
	defer conn.Close()
	if _, err := io.Copy(conn, conn); err != nil {
		log.Printf("echo %s: %v", conn.RemoteAddr(), err)
	}
}

func Serve(ln net.Listener) error {
	for {
		conn, err := ln.Accept()
		if err != nil {
			return err
		}
		go echo(conn) //~ BP03 low
	}
}

func ServeLimited(ln net.Listener, limit int) error {
	slots := make(chan struct{}, limit)
	for {
		slots <- struct{}{}
		conn, err := ln.Accept()
		if err != nil {
			return err
		}
		go func() {
			defer func() { <-slots }()
			echo(conn)
		}()
	}
}
