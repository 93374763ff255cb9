// A child is asked without waiting whether it has ended: that it has not is no failure. And where there is no
// context, the plain pause beside the one that hears it is all that can be done.

package children

import (
	"context"
	"math/rand"
	"net/http"
	"syscall"
	"time"
)

func End(process int) bool {
	for i := 0; i < 30; i++ {
		var status syscall.WaitStatus
		if _, err := syscall.Wait4(process, &status, syscall.WNOHANG, nil); err == nil {
			return true
		}
		time.Sleep(100 * time.Millisecond)
	}
	return false
}

func pause(tried int) time.Duration {
	return time.Duration(rand.Int63n(int64(50*time.Millisecond) << uint(tried%8)))
}

func Tell(ctx context.Context, client *http.Client, address string) error {
	var last error
	for tried := 0; tried < 12; tried++ {
		answer, err := client.Get(address)
		if err == nil {
			return answer.Body.Close()
		}
		last = err
		if ctx != nil {
			select {
			case <-ctx.Done():
				return ctx.Err()
			case <-time.After(pause(tried)):
			}
		} else {
			time.Sleep(pause(tried))
		}
	}
	return last
}
