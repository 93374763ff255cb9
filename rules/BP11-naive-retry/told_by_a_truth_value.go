// The try stands in a function, or a closure, that only says whether it went well. What says whether
// something is up is a question.
package ledger

import (
	"context"
	"log"
	"net/http"
	"time"
)

type Book interface {
	Post(ctx context.Context, sum int) error
}

type Clerk struct {
	book Book
	web  *http.Client
}

func (c *Clerk) Close(ctx context.Context, sum int) {
	posted := func() bool {
		err := c.book.Post(ctx, sum)
		if err != nil {
			log.Printf("posting: %v", err)
		}
		return err == nil
	}
	for !posted() { //~ BP11 high
		time.Sleep(500 * time.Millisecond)
	}
}

func (c *Clerk) tell(url string) bool {
	answer, err := c.web.Post(url, "text/plain", nil)
	if err != nil {
		log.Print(err)
		return false
	}
	answer.Body.Close()
	return true
}

func (c *Clerk) Tell(url string) {
	for { //~ BP11 high
		if c.tell(url) {
			return
		}
		time.Sleep(300 * time.Millisecond)
	}
}

func (c *Clerk) TellThrice(url string) bool {
	for try := 0; try < 3; try++ { //~ BP11 low
		if c.tell(url) {
			return true
		}
		time.Sleep(5 * time.Second)
	}
	return false
}

func (c *Clerk) ready(url string) bool {
	answer, err := c.web.Get(url)
	if err != nil {
		return false
	}
	answer.Body.Close()
	return true
}

func (c *Clerk) Await(url string) {
	for !c.ready(url) { //~ BP11 low
		time.Sleep(time.Second)
	}
}
