// The context is a parameter and the send ignores it; the readers are out of view, so whether they stop on the same context is a guess.
package metering

import "context"

// Usage is one billed interval.
type Usage struct {
	Customer string
	Seconds  int
}

// Bus hands usages to whoever reads Usages.
type Bus struct {
	out chan Usage
}

// NewBus returns a bus without room.
func NewBus() *Bus {
	return &Bus{out: make(chan Usage)}
}

// Usages is what readers receive from.
func (b *Bus) Usages() <-chan Usage { return b.out }

// Report hands over one usage.
func (b *Bus) Report(ctx context.Context, u Usage) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	b.out <- u //~ BP22 low
	return nil
}
