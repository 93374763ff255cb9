// Who holds one of as many tickets as there is room finds room, since a ticket is given back only when an item has
// left. With more tickets than room the send waits all the same.

package desk

import (
	"io"
	"net/http"
)

type Desk struct {
	tickets chan struct{}
	letters chan string
	out     io.Writer
}

func New(places int, out io.Writer) *Desk {
	return &Desk{tickets: make(chan struct{}, places), letters: make(chan string, places), out: out}
}

func (d *Desk) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	select {
	case d.tickets <- struct{}{}:
	default:
		http.Error(w, "come back later", http.StatusServiceUnavailable)
		return
	}
	d.letters <- r.URL.Path
	w.WriteHeader(http.StatusAccepted)
}

// One reads the next letter.
func (d *Desk) One() {
	letter := <-d.letters
	<-d.tickets
	io.WriteString(d.out, letter)
}

type Crowded struct {
	tickets chan struct{}
	letters chan string
	out     io.Writer
}

func NewCrowded(out io.Writer) *Crowded {
	return &Crowded{tickets: make(chan struct{}, 64), letters: make(chan string, 8), out: out}
}

func (c *Crowded) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	select {
	case c.tickets <- struct{}{}:
	default:
		http.Error(w, "come back later", http.StatusServiceUnavailable)
		return
	}
	c.letters <- r.URL.Path //~ BP06 high
	w.WriteHeader(http.StatusAccepted)
}

// One reads the next letter.
func (c *Crowded) One() {
	letter := <-c.letters
	<-c.tickets
	io.WriteString(c.out, letter)
}
