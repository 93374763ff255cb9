// The send is in a method and the loop counts down: still all servers at
// once, still the first good answer wins.

package resolve

import (
	"context"
	"fmt"
	"net"
	"time"
)

type Resolver struct {
	servers []*net.Resolver
	timeout time.Duration
}

type reply struct {
	addrs []string
	err   error
}

func (r *Resolver) lookup(ctx context.Context, via *net.Resolver, host string, out chan<- reply) {
	addrs, err := via.LookupHost(ctx, host)
	out <- reply{addrs: addrs, err: err}
}

func (r *Resolver) Lookup(host string) ([]string, error) {
	ctx := context.Background()
	n := len(r.servers)
	replies := make(chan reply, n)
	for n > 0 { //~ BP15 high
		n--
		go r.lookup(ctx, r.servers[n], host, replies)
	}
	limit := time.After(r.timeout)
	for pending := len(r.servers); pending > 0; pending-- {
		select {
		case a := <-replies:
			if a.err == nil {
				return a.addrs, nil
			}
		case <-limit:
			return nil, fmt.Errorf("lookup %s: timeout", host)
		}
	}
	return nil, fmt.Errorf("lookup %s: no server knows it", host)
}
