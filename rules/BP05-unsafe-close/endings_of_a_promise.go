// A promise is ended in one of two ways, and a value is run by one of two methods.
package blocks

type promise struct {
	done  chan struct{}
	value string
	err   error
}

func newPromise() *promise { return &promise{done: make(chan struct{})} }

// Wait waits for the end.
func (p *promise) Wait() (string, error) {
	<-p.done
	return p.value, p.err
}

// Resolve ends it with what it is given.
func (p *promise) Resolve(value string, err error) {
	p.value, p.err = value, err
	close(p.done)
}

// Leave ends it with what is there.
func (p *promise) Leave() {
	close(p.done) //~ BP05 low
}
