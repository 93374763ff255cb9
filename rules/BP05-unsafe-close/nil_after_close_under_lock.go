// Right: the field is set to nil under the lock that the test holds, and an embedded mutex covers both closers.
package lease

import "sync"

type keeper struct {
	sync.Mutex
	renewing chan struct{}
}

func (k *keeper) begin() <-chan struct{} {
	k.Lock()
	defer k.Unlock()
	if k.renewing == nil {
		k.renewing = make(chan struct{})
	}
	return k.renewing
}

func (k *keeper) endLocked() {
	if k.renewing != nil {
		close(k.renewing)
		k.renewing = nil
	}
}

// Renewed wakes those who wait for the lease.
func (k *keeper) Renewed() {
	k.Lock()
	k.endLocked()
	k.Unlock()
}

// Lost wakes them too; whoever is second finds nil.
func (k *keeper) Lost() {
	k.Lock()
	defer k.Unlock()
	k.endLocked()
}
