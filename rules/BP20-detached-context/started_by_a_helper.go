// A helper starts what it is handed, a field keeps another closure: neither runs for the caller.
package blocks

import (
	"context"
	"sync"
)

type certificates interface {
	Renew(ctx context.Context, domain string) error
	Password(ctx context.Context, host string) (string, error)
}

type agent struct {
	wg    sync.WaitGroup
	certs certificates
	ask   func(host string) (string, error)
}

// Go starts a task that Close waits for.
func (a *agent) Go(work func()) {
	a.wg.Add(1)
	go func() {
		defer a.wg.Done()
		work()
	}()
}

// Close waits for all that was started.
func (a *agent) Close() { a.wg.Wait() }

// Certificate answers with what it has and renews it beside.
func (a *agent) Certificate(ctx context.Context, domain string) (string, error) {
	a.Go(func() {
		_ = a.certs.Renew(context.Background(), domain)
	})
	return a.certs.Password(ctx, domain)
}

// Prepare keeps a question for later.
func (a *agent) Prepare(ctx context.Context, realm string) error {
	a.ask = func(host string) (string, error) {
		return a.certs.Password(context.Background(), realm+host) //~ BP20 low
	}
	return a.certs.Renew(ctx, realm)
}
