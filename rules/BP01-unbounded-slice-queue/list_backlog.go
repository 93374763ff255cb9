// A container/list as backlog: PushBack in one method, Remove(Front()) in another,
// and only the empty side waits.
package telemetry

import (
	"container/list"
	"sync"
)

type frame struct {
	device string
	data   []byte
}

type Backlog struct {
	mu     sync.Mutex
	ready  *sync.Cond
	frames *list.List
}

func NewBacklog() *Backlog {
	b := &Backlog{frames: list.New()}
	b.ready = sync.NewCond(&b.mu)
	return b
}

func (b *Backlog) Ingest(device string, data []byte) {
	b.mu.Lock()
	b.frames.PushBack(frame{device: device, data: data}) //~ BP01 high
	b.mu.Unlock()
	b.ready.Signal()
}

func (b *Backlog) Next() (device string, data []byte) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for b.frames.Len() == 0 {
		b.ready.Wait()
	}
	f := b.frames.Remove(b.frames.Front()).(frame)
	return f.device, f.data
}
