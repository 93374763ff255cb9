// The limit and the number of those inside are variables that the returned closures share.
package gate

import "sync"

func turnstile(most int) (enter func() bool, leave func(failed bool)) {
	var mu sync.Mutex
	lanes, inside := most, 0
	enter = func() bool {
		mu.Lock()
		defer mu.Unlock()
		if inside >= lanes {
			return false
		}
		inside++
		return true
	}
	leave = func(failed bool) {
		mu.Lock()
		defer mu.Unlock()
		inside--
		if failed {
			lanes /= 2 //~ BP18 high
		} else if lanes < most {
			lanes++
		}
	}
	return enter, leave
}

// One lane is always open.
func wicket(most int) (enter func() bool, leave func(failed bool)) {
	var mu sync.Mutex
	lanes, inside := most, 0
	enter = func() bool {
		mu.Lock()
		defer mu.Unlock()
		if inside >= lanes {
			return false
		}
		inside++
		return true
	}
	leave = func(failed bool) {
		mu.Lock()
		defer mu.Unlock()
		inside--
		if failed {
			lanes /= 2
			if lanes < 1 {
				lanes = 1
			}
		} else if lanes < most {
			lanes++
		}
	}
	return enter, leave
}

// A variable of one run is nobody's limit.
func visit(rooms []string, look func(string) error) {
	limit := 32
	for len(rooms) > 0 {
		n := len(rooms)
		if n > limit {
			n = limit
		}
		for _, room := range rooms[:n] {
			if look(room) != nil && limit > 2 {
				limit /= 2
			}
		}
		rooms = rooms[n:]
	}
}
