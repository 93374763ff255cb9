// Drops that somebody decided on: a comment says that the item may be lost, over two lines too; the
// type only wakes others up; or the caller hears of the failure whether or not the item was taken.
package feed

import "errors"

type Item struct{ Key string }

type Feed struct {
	plain chan Item
	loose chan Item
}

func New(room int) *Feed {
	return &Feed{plain: make(chan Item, room), loose: make(chan Item, room)}
}

func (f *Feed) Items() (<-chan Item, <-chan Item) { return f.plain, f.loose }

// Hint passes an item on. This is best
// effort: whoever misses it reads the table.
func (f *Feed) Hint(it Item) {
	select {
	case f.loose <- it:
	default: //~ BP07 low
	}
}

func (f *Feed) Put(it Item) {
	select {
	case f.plain <- it:
	default: //~ BP07 high
	}
}

func (f *Feed) Reject(it Item) error {
	select {
	case f.plain <- it:
	default: //~ BP07 low
	}
	return errors.New("feed: rejected " + it.Key)
}

type keyNotifier struct{ watchers []chan Item }

func (n *keyNotifier) Watch() <-chan Item {
	ch := make(chan Item, 8)
	n.watchers = append(n.watchers, ch)
	return ch
}

func (n *keyNotifier) Tell(it Item) {
	for _, ch := range n.watchers {
		select {
		case ch <- it:
		default: //~ BP07 low
		}
	}
}
