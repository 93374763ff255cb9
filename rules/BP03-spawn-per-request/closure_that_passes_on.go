// A callback that only calls a method stands for that method: what the method's helper starts is
// one call away. The helper of the second waits for a place first.
package doorbells

type ring struct{ door string }

type bus interface {
	Subscribe(topic string, fn func(ring)) error
}

type porter struct {
	places chan struct{}
	answer func(door string)
}

func (p *porter) listen(b bus) error {
	if err := b.Subscribe("doors/+", func(r ring) { p.rung(r) }); err != nil {
		return err
	}
	return b.Subscribe("gates/+", func(r ring) { p.opened(r) })
}

func (p *porter) rung(r ring) {
	if r.door == "" {
		return
	}
	p.start(r.door)
}

func (p *porter) start(door string) {
	go func() { //~ BP03 medium
		p.answer(door)
	}()
}

func (p *porter) opened(r ring) {
	p.startPaced(r.door)
}

func (p *porter) startPaced(door string) {
	p.places <- struct{}{}
	go func() {
		defer func() { <-p.places }()
		p.answer(door)
	}()
}
