//highwater:nocompile
// What the stream brings in is handed to a helper that starts it: one for each batch. The group is there for
// the end, and bounds nothing. A message is known by its name and what it holds.
package beacons

import (
	"context"
	"log"
	"sync"

	"example.com/beacons/beaconpb"
)

type Tower interface {
	Flash(ctx context.Context, code []byte) error
}

type Keeper struct {
	tower Tower
	base  context.Context
	group sync.WaitGroup
}

func (k *Keeper) Report(stream beaconpb.Beacons_ReportServer) error {
	for {
		batch, err := stream.Recv()
		if err != nil {
			return err
		}
		k.track(func(ctx context.Context) {
			if err := k.tower.Flash(ctx, batch.Code); err != nil {
				log.Print(err)
			}
		})
	}
}

func (k *Keeper) track(work func(context.Context)) {
	k.group.Add(1)
	go func() { //~ BP03 high
		defer k.group.Done()
		work(k.base)
	}()
}

func (k *Keeper) Close() { k.group.Wait() }

type Frame struct {
	Kind string
	Code []byte
}

type Watch struct {
	tower Tower
	base  context.Context
}

func (w *Watch) OnMessage(frame Frame) {
	if frame.Kind == "flash" {
		w.aside(func() {
			if err := w.tower.Flash(w.base, frame.Code); err != nil {
				log.Print(err)
			}
		})
	}
}

func (w *Watch) aside(work func()) {
	go func() { work() }() //~ BP03 medium
}
