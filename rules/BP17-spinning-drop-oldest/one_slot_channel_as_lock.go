// Right: a channel of capacity one is the lock. Only the goroutine that holds
// its token pushes.

package preview

import "sync/atomic"

type Frame struct {
	Seq  uint64
	JPEG []byte
}

type Buffer struct {
	turn    chan struct{}
	frames  chan Frame
	skipped atomic.Uint64
}

func NewBuffer(depth int) *Buffer {
	return &Buffer{
		turn:   make(chan struct{}, 1),
		frames: make(chan Frame, depth+1),
	}
}

func (b *Buffer) Push(f Frame) {
	b.turn <- struct{}{}
	defer func() { <-b.turn }()
	for {
		select {
		case b.frames <- f:
			return
		default:
		}
		select {
		case <-b.frames:
			b.skipped.Add(1)
		default:
		}
	}
}

func (b *Buffer) Frames() <-chan Frame { return b.frames }

func (b *Buffer) Skipped() uint64 { return b.skipped.Load() }
