// A message callback, registered by name: the bus calls it for each delivery.
// Whether the bus limits what is unacknowledged is out of view.
package billing

import "log"

type Delivery struct {
	Body []byte
}

type Bus interface {
	Subscribe(topic string, callback func(Delivery))
}

type Ledger struct {
	book func(body []byte) error
}

func (l *Ledger) Attach(bus Bus) {
	bus.Subscribe("payments.settled", l.onMessage)
}

func (l *Ledger) onMessage(d Delivery) {
	go func() { //~ BP03 medium
		if err := l.book(d.Body); err != nil {
			log.Printf("book: %v", err)
		}
	}()
}
