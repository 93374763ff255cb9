// A ring that is kept by hand: when it is full the new item takes the place of the oldest. Where
// that is counted, or where nobody takes items out, nothing is lost unseen. Of a sliding window the
// oldest weight is taken off the sum.
package parcels

type Belt struct {
	slots []int
	first int
	count int
}

func NewBelt(size int) *Belt { return &Belt{slots: make([]int, size)} }

func (b *Belt) Put(parcel int) {
	at := (b.first + b.count) % len(b.slots)
	if b.count == len(b.slots) { //~ BP07 medium
		b.first = (b.first + 1) % len(b.slots)
	} else {
		b.count++
	}
	b.slots[at] = parcel
}

func (b *Belt) Take() (int, bool) {
	if b.count == 0 {
		return 0, false
	}
	parcel := b.slots[b.first]
	b.first = (b.first + 1) % len(b.slots)
	b.count--
	return parcel, true
}

type Chute struct {
	slots []int
	first int
	count int
}

func NewChute(size int) *Chute { return &Chute{slots: make([]int, size)} }

func (c *Chute) Put(parcel int) {
	if c.count == len(c.slots) { //~ BP07 medium
		c.first = (c.first + 1) % len(c.slots)
		c.count--
	}
	c.slots[(c.first+c.count)%len(c.slots)] = parcel
	c.count++
}

func (c *Chute) All() []int {
	var parcels []int
	for ; c.count > 0; c.count-- {
		parcels = append(parcels, c.slots[c.first])
		c.first = (c.first + 1) % len(c.slots)
	}
	return parcels
}

type Counted struct {
	slots []int
	first int
	count int
	lost  int
}

func NewCounted(size int) *Counted { return &Counted{slots: make([]int, size)} }

func (c *Counted) Put(parcel int) {
	at := (c.first + c.count) % len(c.slots)
	if c.count == len(c.slots) {
		c.first = (c.first + 1) % len(c.slots)
		c.lost++
	} else {
		c.count++
	}
	c.slots[at] = parcel
}

func (c *Counted) Lost() int { return c.lost }

func (c *Counted) Take() (int, bool) {
	if c.count == 0 {
		return 0, false
	}
	parcel := c.slots[c.first]
	c.first = (c.first + 1) % len(c.slots)
	c.count--
	return parcel, true
}

type Window struct {
	slots []int
	first int
	count int
}

func NewWindow(size int) *Window { return &Window{slots: make([]int, size)} }

func (w *Window) Put(weight int) {
	at := (w.first + w.count) % len(w.slots)
	if w.count == len(w.slots) {
		w.first = (w.first + 1) % len(w.slots)
	} else {
		w.count++
	}
	w.slots[at] = weight
}

func (w *Window) Mean() int {
	sum := 0
	for i := 0; i < w.count; i++ {
		sum += w.slots[(w.first+i)%len(w.slots)]
	}
	if w.count == 0 {
		return 0
	}
	return sum / w.count
}

type Sliding struct {
	slots []int
	until []int
	first int
	last  int
	sum   int
}

func NewSliding(size int) *Sliding {
	return &Sliding{slots: make([]int, size), until: make([]int, size)}
}

func (s *Sliding) Put(weight, until int) {
	s.slots[s.last], s.until[s.last] = weight, until
	s.last = (s.last + 1) % len(s.slots)
	s.sum += weight
	if s.last == s.first {
		s.sum -= s.slots[s.first]
		s.first = (s.first + 1) % len(s.slots)
	}
}

func (s *Sliding) Sum(now int) int {
	for s.first != s.last && s.until[s.first] < now {
		s.sum -= s.slots[s.first]
		s.first = (s.first + 1) % len(s.slots)
	}
	return s.sum
}

type Carousel struct {
	slots []int
	first int
	count int
}

func NewCarousel(size int) *Carousel { return &Carousel{slots: make([]int, size)} }

func (c *Carousel) at(after int) int { return (c.first + after) % len(c.slots) }

func (c *Carousel) Put(parcel int) {
	if len(c.slots) == c.count { //~ BP07 medium
		c.first = c.at(1)
		c.count--
	}
	c.slots[c.at(c.count)] = parcel
	c.count++
}

func (c *Carousel) Take() (int, bool) {
	if c.count == 0 {
		return 0, false
	}
	parcel := c.slots[c.first]
	c.first = c.at(1)
	c.count--
	return parcel, true
}

type Rail struct {
	slots [16]int
	first int
	last  int
}

func (r *Rail) Put(parcel int) {
	r.slots[r.last] = parcel
	r.last = (r.last + 1) & 15
	if r.last == r.first { //~ BP07 medium
		r.first++
		if r.first == len(r.slots) {
			r.first = 0
		}
	}
}

func (r *Rail) Take() (int, bool) {
	if r.first == r.last {
		return 0, false
	}
	parcel := r.slots[r.first]
	r.first = (r.first + 1) & 15
	return parcel, true
}

type Refusing struct {
	slots []int
	first int
	count int
}

func NewRefusing(size int) *Refusing { return &Refusing{slots: make([]int, size)} }

func (r *Refusing) at(after int) int { return (r.first + after) % len(r.slots) }

func (r *Refusing) Put(parcel int) bool {
	if r.count == len(r.slots) {
		return false
	}
	r.slots[r.at(r.count)] = parcel
	r.count++
	return true
}

func (r *Refusing) Take() (int, bool) {
	if r.count == 0 {
		return 0, false
	}
	parcel := r.slots[r.first]
	r.first = r.at(1)
	r.count--
	return parcel, true
}
