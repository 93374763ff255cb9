// A typed constant, converted, and a local variable that is set once: both are known numbers.
package replay

type count uint32

const maxInFlight count = 200_000

type record struct{ offset int64 }

func buffers() (chan record, chan record) {
	in := make(chan record, int(maxInFlight)) //~ BP02 high
	depth := 64 * 1024
	out := make(chan record, depth) //~ BP02 high
	return in, out
}
