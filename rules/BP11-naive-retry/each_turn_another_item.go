// Right: the failure of one item is noted, and the next turn has the next one.
// A number that is compared with zero is no failure either.

package intake

import (
	"context"
	"encoding/binary"
	"log"
	"math/big"
	"net"
	"time"
)

type Store interface {
	Put(ctx context.Context, shard uint32, block []byte) error
}

func Blocks(ctx context.Context, s Store, body []byte, shards int) (failed int) {
	at := 0
	for i := 0; i < shards && at+8 < len(body); i++ {
		shard := binary.BigEndian.Uint32(body[at : at+4])
		at += 4
		size := int(binary.BigEndian.Uint32(body[at : at+4]))
		at += 4
		block := body[at : at+size]
		at += size
		if err := s.Put(ctx, shard, block); err != nil {
			failed++
			time.Sleep(5 * time.Millisecond)
		}
	}
	return failed
}

func Serve(ctx context.Context, l net.Listener, serve func(context.Context, net.Conn) error) {
	var err error
	for {
		select {
		case <-ctx.Done():
			return
		default:
			var conn net.Conn
			conn, err = l.Accept()
			if err != nil {
				log.Printf("accept: %v", err)
				continue
			}
			if err = serve(ctx, conn); err != nil {
				log.Printf("connection: %v", err)
			}
		}
	}
}

func Draw(limit *big.Int, source func() *big.Int) *big.Int {
	var r *big.Int
	for attempts := 10; attempts > 0; attempts-- {
		r = source()
		r.Mod(r, limit)
		if r.Sign() != 0 {
			break
		}
	}
	return r
}

func FreePort(from int) (l net.Listener, err error) {
	for try := 0; try < 5; try++ {
		if l, err = net.ListenTCP("tcp", &net.TCPAddr{Port: from + try}); err == nil {
			return l, nil
		}
	}
	return nil, err
}
