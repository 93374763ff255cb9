// Who takes turns between the items and the last word of their sender has not waited for it on the way that leaves after
// an item. Where every way out comes after the last word, the sender is done.

package harvest

type field struct {
	sheaves chan int
	over    chan error
}

func (f *field) cut(next func() (int, error)) {
	for {
		sheaf, err := next()
		if err != nil {
			f.over <- err
			return
		}
		f.sheaves <- sheaf
	}
}

func (f *field) bind(store func(int) error) error {
	defer close(f.sheaves) //~ BP13 high
	for {
		select {
		case sheaf := <-f.sheaves:
			if err := store(sheaf); err != nil {
				return err
			}
		case err := <-f.over:
			return err
		}
	}
}

// Bring cuts and binds.
func Bring(next func() (int, error), store func(int) error) error {
	f := &field{sheaves: make(chan int), over: make(chan error, 1)}
	go f.cut(next)
	return f.bind(store)
}

type orchard struct {
	apples chan int
	over   chan error
}

func (o *orchard) pick(next func() (int, error)) {
	for {
		apple, err := next()
		if err != nil {
			o.over <- err
			return
		}
		o.apples <- apple
	}
}

func (o *orchard) press(store func(int) error) (first error) {
	defer close(o.apples)
	for {
		select {
		case apple := <-o.apples:
			if err := store(apple); err != nil && first == nil {
				first = err
			}
		case err := <-o.over:
			if first == nil {
				first = err
			}
			return first
		}
	}
}

// Press picks and presses.
func Press(next func() (int, error), store func(int) error) error {
	o := &orchard{apples: make(chan int), over: make(chan error, 1)}
	go o.pick(next)
	return o.press(store)
}
