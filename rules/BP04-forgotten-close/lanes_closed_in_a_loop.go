// One channel per lane in a slice; the owner closes all of them in a second loop and then waits for the readers.
package sortbox

import "sync"

type parcel struct {
	id  string
	zip int
}

// Sort hands each parcel to the lane of its area and returns what each lane got.
func Sort(parcels []parcel, n int) [][]string {
	lanes := make([]chan parcel, n)
	got := make([][]string, n)
	var wg sync.WaitGroup
	for i := range lanes {
		i := i
		lanes[i] = make(chan parcel)
		wg.Add(1)
		go func() {
			defer wg.Done()
			for p := range lanes[i] {
				got[i] = append(got[i], p.id)
			}
		}()
	}
	for _, p := range parcels {
		lanes[p.zip%n] <- p
	}
	for _, lane := range lanes {
		close(lane)
	}
	wg.Wait()
	return got
}
