// The loop that starts the work is over, the work is not; then what it works with is closed.
package mill

import (
	"sync"
	"time"
)

const settle = 20 * time.Second

// Sacks comes from the farms.
type Sacks interface {
	Next() (string, error)
}

// Stones grind.
type Stones interface {
	Grind(sack string) error
	Close() error
}

// Mill grinds sack by sack, some at once.
type Mill struct {
	stones Stones
	places chan struct{}
}

func (m *Mill) grind(sack string) {
	defer func() { <-m.places }()
	_ = m.stones.Grind(sack)
}

// Work ends when no sack comes any more.
func (m *Mill) Work(sacks Sacks) error {
	for {
		sack, err := sacks.Next()
		if err != nil {
			break
		}
		m.places <- struct{}{}
		go m.grind(sack)
	}
	<-time.After(settle) //~ BP16 medium
	return m.stones.Close()
}

// Quern is right: it waits for all that it started.
type Quern struct {
	stones   Stones
	places   chan struct{}
	grinding sync.WaitGroup
}

func (q *Quern) grind(sack string) {
	defer q.grinding.Done()
	defer func() { <-q.places }()
	_ = q.stones.Grind(sack)
}

// Work ends when all is ground.
func (q *Quern) Work(sacks Sacks) error {
	for {
		sack, err := sacks.Next()
		if err != nil {
			break
		}
		q.places <- struct{}{}
		q.grinding.Add(1)
		go q.grind(sack)
	}
	q.grinding.Wait()
	return q.stones.Close()
}
