//highwater:nocompile

// A piece of a file: what holds the queue is declared elsewhere, but only one method can be meant. A
// name that any type may have says nothing, unless what it is called on is named after its type.
package depot

import "example.com/freight"

func (s *scanLog) Note(scan Scan) bool {
	select {
	case s.scans <- scan:
		return true
	default:
		return false
	}
}

func (b *bellQueue) Push(bell Bell) bool {
	select {
	case b.bells <- bell:
		return true
	default:
		return false
	}
}

func (d *Desk) Receive(parcel freight.Parcel) string {
	d.scans.Note(Scan{Parcel: parcel.Number}) //~ BP07 high
	d.bell.Push(Bell{At: parcel.Shelf})     //~ BP07 high
	d.cart.Push(parcel)
	return d.shelves.Place(parcel)
}

func (d *Desk) Return(parcel freight.Parcel) bool {
	return d.scans.Note(Scan{Parcel: parcel.Number})
}
