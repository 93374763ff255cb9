//highwater:nocompile needs example.com/printing
// The workers are started beside the queue, and what they do is not in view.
package labels

import (
	"context"
	"time"

	"example.com/printing"
)

// p95 objective of a label: 1s
const (
	printers  = 2
	printTime = 100 * time.Millisecond
)

// Printing has what printers take from.
type Printing struct {
	printing.Base
	labels chan printing.Label
}

// Start starts the printers.
func Start(ctx context.Context) *Printing {
	p := &Printing{labels: make(chan printing.Label, 200)} //~ BP19 medium
	for i := 0; i < printers; i++ {
		go printing.Work(ctx, p.labels)
	}
	return p
}

// StartSmall fits: 18 are done in 0.9 seconds.
func StartSmall(ctx context.Context) chan<- printing.Label {
	labels := make(chan printing.Label, 18)
	for i := 0; i < printers; i++ {
		go printing.Work(ctx, labels)
	}
	return labels
}

// StartOther has a large queue, and starts tasks that have nothing to do with it.
func StartOther(ctx context.Context, lamps []printing.Lamp) chan<- printing.Label {
	kept := make(chan printing.Label, 200)
	for i := 0; i < printers; i++ {
		go lamps[i].Blink(ctx)
	}
	return kept
}
