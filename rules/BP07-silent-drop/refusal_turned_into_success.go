// Who calls turns the error that says full into no error at all: the caller learns that all is well. Counted, or told by another error, it is known.
package turnstile

import (
	"errors"
	"log"
)

var errCrowded = errors.New("turnstile: crowded")

type passage struct{ guest string }

type counter struct{ passages chan passage }

func newCounter() *counter { return &counter{passages: make(chan passage, 64)} }

func (c *counter) note(p passage) error {
	select {
	case c.passages <- p:
		return nil
	default:
		return errCrowded
	}
}

// Pass says that all went well.
func (c *counter) Pass(guest string) error {
	err := c.note(passage{guest})
	if errors.Is(err, errCrowded) { //~ BP07 high
		return nil
	}
	return err
}

// PassOne logs what is lost.
func (c *counter) PassOne(guest string) error {
	err := c.note(passage{guest})
	if errors.Is(err, errCrowded) {
		log.Printf("crowded: %s is not counted", guest)
		return nil
	}
	return err
}

// PassTold has an error of its own.
func (c *counter) PassTold(guest string) error {
	err := c.note(passage{guest})
	if errors.Is(err, errCrowded) {
		return errors.New("turnstile: come back later")
	}
	return err
}
