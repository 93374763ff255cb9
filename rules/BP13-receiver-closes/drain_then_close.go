// A generic helper that empties a channel and closes it; who sends on it is out of view, and will not know.
package chanutil

// Drain takes what is queued, closes the channel and returns the items.
func Drain[T any](ch chan T) []T {
	var items []T
	for {
		select {
		case v, ok := <-ch:
			if !ok {
				return items
			}
			items = append(items, v)
		default:
			close(ch) //~ BP13 medium
			return items
		}
	}
}
