// Right: the variable gets another channel between the two closes.
package visit

// Twice says goodbye to two guests, one after the other.
func Twice(guests <-chan chan struct{}) {
	var leave chan struct{}
	select {
	case leave = <-guests:
	}
	close(leave)
	select {
	case leave = <-guests:
	}
	close(leave)
}
