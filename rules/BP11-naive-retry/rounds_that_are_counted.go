// What failed is tried in another round, and the rounds are counted: they end, however often it fails.
package masons

import (
	"context"
	"fmt"
	"log"
	"net/http"
)

type Yard struct {
	client *http.Client
	base   string
}

func (y *Yard) clear(ctx context.Context, stone string) error {
	request, err := http.NewRequestWithContext(ctx, http.MethodDelete, y.base+stone, nil)
	if err != nil {
		return err
	}
	answer, err := y.client.Do(request)
	if err != nil {
		return err
	}
	return answer.Body.Close()
}

// ClearAll clears stones that may lie on each other: each round takes those away on which none lies.
func (y *Yard) ClearAll(ctx context.Context, stones []string) error {
	rounds := len(stones)
	for i := 0; i < rounds && len(stones) > 0; i++ {
		var left []string
		for _, stone := range stones {
			if err := y.clear(ctx, stone); err != nil {
				log.Printf("masons: %s: %v", stone, err)
				left = append(left, stone)
			}
		}
		stones = left
	}
	if len(stones) > 0 {
		return fmt.Errorf("masons: %d stones are left", len(stones))
	}
	return nil
}

// ClearAtAnyPrice goes on until none is left.
func (y *Yard) ClearAtAnyPrice(ctx context.Context, stones []string) {
	for len(stones) > 0 { //~ BP11 medium
		var left []string
		for _, stone := range stones {
			if err := y.clear(ctx, stone); err != nil {
				log.Printf("masons: %s: %v", stone, err)
				left = append(left, stone)
			}
		}
		stones = left
	}
}
