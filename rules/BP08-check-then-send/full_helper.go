// The length test is in a helper with a friendly name, the send in the method that trusts it.
package orders

import (
	"fmt"
	"log"
)

type Order struct {
	ID int64
}

type Intake struct {
	name string
	ch   chan Order
}

func (in *Intake) full() bool {
	return len(in.ch) == cap(in.ch)
}

func (in *Intake) Accept(o Order) error {
	if in.full() { //~ BP08 medium
		log.Printf("%s: order %d refused", in.name, o.ID)
		return fmt.Errorf("%s is full", in.name)
	}
	in.ch <- o
	return nil
}
