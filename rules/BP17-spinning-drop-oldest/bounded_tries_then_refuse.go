// Right: two tries to make room, then the new item is refused and the caller
// is told. Many producers may do this at once; none of them can be held up.

package shiplog

import "errors"

var ErrContended = errors.New("queue contended")

type Line struct {
	Host, Text string
}

type Buffer struct {
	lines   chan Line
	evicted func(Line)
}

func NewBuffer(size int, evicted func(Line)) *Buffer {
	return &Buffer{lines: make(chan Line, size), evicted: evicted}
}

func (b *Buffer) Add(l Line) error {
	for try := 0; try < 2; try++ {
		select {
		case b.lines <- l:
			return nil
		default:
		}
		select {
		case old := <-b.lines:
			b.evicted(old)
		default:
		}
	}
	select {
	case b.lines <- l:
		return nil
	default:
		return ErrContended
	}
}

func (b *Buffer) Lines() <-chan Line { return b.lines }
