// The goroutine closes in a defer, and once more by hand on its error path, so that the error path closes twice.
package tilecache

import (
	"context"
	"log"
)

// Warm loads the tiles in turn and hands them out as they come.
func Warm(ctx context.Context, ids []int, load func(context.Context, int) ([]byte, error)) <-chan []byte {
	tiles := make(chan []byte)
	go func() {
		defer close(tiles)
		for _, id := range ids {
			tile, err := load(ctx, id)
			if err != nil {
				log.Printf("tile %d: %v", id, err)
				close(tiles) //~ BP05 high
				return
			}
			select {
			case tiles <- tile:
			case <-ctx.Done():
				return
			}
		}
	}()
	return tiles
}
