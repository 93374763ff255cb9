// What a time is, its comment tells: it was promised.
package toll

import "time"

const (
	// Open is what was promised to every car at the barrier.
	Open = 2 * time.Second

	plateTime = 300 * time.Millisecond // one plate, measured
	readers   = 4
)

// Start starts the readers.
func Start(read func(string)) chan<- string {
	plates := make(chan string, 160) //~ BP19 medium
	for i := 0; i < readers; i++ {
		go func() {
			for p := range plates {
				read(p)
			}
		}()
	}
	return plates
}
