// A local channel with room for exactly the values that are sent: no send can block, and
// nothing is left to bound. The semaphore's units take no memory at all: a note.
package census

const households = 20_000

func Count(ask func(int) int) (people int) {
	answers := make(chan int, households)
	for i := 0; i < households; i++ {
		go func(i int) { answers <- ask(i) }(i)
	}
	for i := 0; i < households; i++ {
		people += <-answers
	}
	return people
}

type Door struct {
	seats chan struct{}
}

func NewDoor() *Door {
	return &Door{seats: make(chan struct{}, 25_000)} //~ BP02 low
}

func (d *Door) Enter() bool {
	select {
	case d.seats <- struct{}{}:
		return true
	default:
		return false
	}
}

func (d *Door) Leave() { <-d.seats }
