// A loop that sleeps until there is room, then sends. Each of the four senders can be the one that is too late.
package mailer

import "time"

type Mailer struct {
	queue chan string
}

func New(room int) *Mailer { return &Mailer{queue: make(chan string, room)} }

func (m *Mailer) sendWhenFree(to string) {
	for len(m.queue) == cap(m.queue) { //~ BP08 high
		time.Sleep(time.Millisecond)
	}
	m.queue <- to
}

func (m *Mailer) SendAll(lists [4][]string) {
	for _, list := range lists {
		list := list
		go func() {
			for _, to := range list {
				m.sendWhenFree(to)
			}
		}()
	}
}
