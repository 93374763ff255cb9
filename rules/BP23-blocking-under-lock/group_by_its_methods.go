//highwater:nocompile

// The type of the group stands elsewhere: what is done, and waited for, tells what it is.
package ferry

import "example.com/harbour"

func (f *Ferry) Moor() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.moored = true
	f.aboard.Wait() //~ BP23 high
}

func (f *Ferry) Board(guest harbour.Guest) {
	f.aboard.Add(1)
	go func() {
		defer f.aboard.Done()
		guest.Ride()
		f.leave(guest)
	}()
}

func (f *Ferry) leave(guest harbour.Guest) {
	f.mu.Lock()
	delete(f.guests, guest)
	f.mu.Unlock()
}

func (f *Ferry) MoorWell() {
	f.mu.Lock()
	f.moored = true
	f.mu.Unlock()
	f.aboard.Wait()
}
