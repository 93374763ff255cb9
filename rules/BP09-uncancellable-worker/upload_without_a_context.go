// The jobs channel is closed by its owner, but each upload runs on a context of its own that never ends: Ship can wait for ever.
package snapshots

import (
	"context"
	"log"
	"sync"
)

type uploader interface {
	Put(ctx context.Context, key string, body []byte) error
}

type blob struct {
	key  string
	body []byte
}

// Ship uploads all blobs with n workers.
func Ship(store uploader, blobs []blob, n int) {
	jobs := make(chan blob)
	var running sync.WaitGroup
	for i := 0; i < n; i++ {
		running.Add(1)
		go func() {
			defer running.Done()
			for b := range jobs { //~ BP09 medium
				if err := store.Put(context.Background(), b.key, b.body); err != nil {
					log.Printf("%s: %v", b.key, err)
				}
			}
		}()
	}
	for _, b := range blobs {
		jobs <- b
	}
	close(jobs)
	running.Wait()
}
