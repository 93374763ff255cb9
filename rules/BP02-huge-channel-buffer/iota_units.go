// The capacity is a unit from an iota block, declared far from the make.
package capture

const (
	_  = iota
	Ki = 1 << (10 * iota)
	Mi
)

type Packet struct {
	Len  uint16
	Data [60]byte
}

type Tap struct {
	name    string
	packets chan Packet
}

func NewTap(name string) *Tap {
	t := &Tap{name: name}
	t.packets = make(chan Packet, 4*Mi) //~ BP02 high
	return t
}

// Offer reports whether the packet was taken.
func (t *Tap) Offer(p Packet) bool {
	select {
	case t.packets <- p:
		return true
	default:
		return false
	}
}
