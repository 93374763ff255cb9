// The early return unlocks, the other path reaches the receive with the lock held; the refill that would wake it needs the lock.
package leases

import "sync"

var (
	mu     sync.Mutex
	free   []int
	refill = make(chan int)
)

// Take returns a free lease, or waits for the next one that is given back.
func Take() int {
	mu.Lock()
	if n := len(free); n > 0 {
		id := free[n-1]
		free = free[:n-1]
		mu.Unlock()
		return id
	}
	id := <-refill //~ BP23 high
	mu.Unlock()
	return id
}

// Give hands the lease to somebody who waits, or keeps it, up to a hundred of them.
func Give(id int) bool {
	mu.Lock()
	defer mu.Unlock()
	select {
	case refill <- id:
		return true
	default:
	}
	if len(free) >= 100 {
		return false
	}
	free = append(free, id)
	return true
}
