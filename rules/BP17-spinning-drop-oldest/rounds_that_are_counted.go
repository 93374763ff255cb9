// Who counts the rounds and gives up has a limit, wherever the count is asked. What was thrown out is
// a count too, but no limit.
package levels

import "sync/atomic"

type Tank struct {
	levels chan int
	lost   atomic.Int64
}

func NewTank() *Tank {
	t := &Tank{levels: make(chan int, 16)}
	go t.follow(func() int { return 1 })
	go t.follow(func() int { return 2 })
	return t
}

func (t *Tank) follow(read func() int) {
	for {
		t.lost.Add(int64(t.put(read())))
		t.push(read())
	}
}

func (t *Tank) put(level int) (gone int) {
	for round := 0; ; round++ {
		select {
		case t.levels <- level:
			return gone
		default:
		}
		if round == 3 {
			return gone + 1
		}
		select {
		case <-t.levels:
			gone++
		default:
		}
	}
}

func (t *Tank) push(level int) {
	for { //~ BP17 high
		select {
		case t.levels <- level:
			return
		default:
		}
		select {
		case <-t.levels:
			t.lost.Add(1)
		default:
		}
	}
}

func (t *Tank) Levels() <-chan int { return t.levels }

func (t *Tank) Lost() int64 { return t.lost.Load() }
