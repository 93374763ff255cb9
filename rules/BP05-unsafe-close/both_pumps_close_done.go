// A TCP relay: each of the two copy goroutines closes the same channel when its direction ends, and both directions end.
package relay

import (
	"io"
	"log"
	"net"
)

// Join copies between the two connections until either side is finished.
func Join(client, upstream net.Conn) {
	finished := make(chan struct{})

	go func() {
		if _, err := io.Copy(upstream, client); err != nil {
			log.Printf("relay: to upstream: %v", err)
		}
		close(finished)
	}()
	go func() {
		if _, err := io.Copy(client, upstream); err != nil {
			log.Printf("relay: to client: %v", err)
		}
		close(finished) //~ BP05 high
	}()

	<-finished
	if err := client.Close(); err != nil {
		log.Printf("relay: client: %v", err)
	}
	if err := upstream.Close(); err != nil {
		log.Printf("relay: upstream: %v", err)
	}
}
