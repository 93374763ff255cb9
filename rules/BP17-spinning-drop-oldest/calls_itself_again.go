// Instead of a loop the function calls itself, or jumps back, once it has made room. Where the tries are counted it ends,
// and where one task alone puts in there is room after the first.

package reel

import "time"

type Reel struct {
	scenes chan int
	Cut    int
}

func NewReel(room int) *Reel { return &Reel{scenes: make(chan int, room)} }

func (r *Reel) Shoot(scene int) {
	select {
	case r.scenes <- scene:
	default:
		r.cutAndShoot(scene) //~ BP17 medium
	}
}

func (r *Reel) cutAndShoot(scene int) {
	select {
	case <-r.scenes:
		r.Cut++
	default:
	}
	r.Shoot(scene)
}

func (r *Reel) Scenes() <-chan int { return r.scenes }

type Film struct {
	frames chan int
	Lost   int
}

func NewFilm(room int) *Film { return &Film{frames: make(chan int, room)} }

func (f *Film) Expose(frame int) {
again:
	select {
	case f.frames <- frame:
		return
	case <-f.frames:
		f.Lost++
	default:
	}
	goto again //~ BP17 medium
}

func (f *Film) Frames() <-chan int { return f.frames }

type Strip struct {
	frames chan int
	Lost   int
}

func NewStrip(room int) *Strip { return &Strip{frames: make(chan int, room)} }

func (s *Strip) Expose(frame, tries int) bool {
	select {
	case s.frames <- frame:
		return true
	default:
	}
	if tries == 0 {
		s.Lost++
		return false
	}
	select {
	case <-s.frames:
		s.Lost++
	default:
	}
	return s.Expose(frame, tries-1)
}

func (s *Strip) Frames() <-chan int { return s.frames }

// Camera watches.
type Camera struct {
	frames chan int
	Lost   int
}

// Watch keeps what is seen from now on.
func Watch(see func() (int, bool)) *Camera {
	c := &Camera{frames: make(chan int, 4)}
	go c.run(see)
	return c
}

// Frames are what was seen.
func (c *Camera) Frames() <-chan int { return c.frames }

func (c *Camera) run(see func() (int, bool)) {
	defer close(c.frames)
	for frame, more := see(); more; frame, more = see() {
		c.put(frame)
		time.Sleep(time.Millisecond)
	}
}

func (c *Camera) put(frame int) {
	for {
		select {
		case c.frames <- frame:
			return
		default:
		}
		select {
		case <-c.frames:
			c.Lost++
		default:
		}
	}
}
