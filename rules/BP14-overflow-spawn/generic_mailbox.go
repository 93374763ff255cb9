// A generic mailbox. Post falls back to a goroutine; the send in it has a way out, the number of them has none.
package actor

import "context"

type Mailbox[M any] struct {
	ctx  context.Context
	msgs chan M
}

func NewMailbox[M any](ctx context.Context, room int) *Mailbox[M] {
	return &Mailbox[M]{ctx: ctx, msgs: make(chan M, room)}
}

func (b *Mailbox[M]) waitAndPost(m M) {
	select {
	case b.msgs <- m:
	case <-b.ctx.Done():
	}
}

func (b *Mailbox[M]) Post(m M) {
	select {
	case b.msgs <- m:
		return
	default:
	}
	go b.waitAndPost(m) //~ BP14 high
}
