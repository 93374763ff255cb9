// The done arm is there, but its break leaves the select and not the loop: after Stop the worker spins at full speed.
package hashring

import "log"

type rebalancer struct {
	moves chan string
	quit  chan struct{}
}

func start(apply func(string) error) *rebalancer {
	r := &rebalancer{moves: make(chan string), quit: make(chan struct{})}
	go r.loop(apply)
	return r
}

func (r *rebalancer) loop(apply func(string) error) {
	for { //~ BP09 high
		select {
		case key := <-r.moves:
			if err := apply(key); err != nil {
				log.Printf("move %s: %v", key, err)
			}
		case <-r.quit:
			log.Print("rebalancer: stopped")
			break
		}
	}
}

func (r *rebalancer) move(key string) bool {
	select {
	case r.moves <- key:
		return true
	case <-r.quit:
		return false
	}
}

func (r *rebalancer) stop() {
	close(r.quit)
}
