// What failed comes round again: the count is given back, the item goes to the end of the list or of
// the channel that it came from, or the position stays. Counted, or paced, it is sound.
package stamps

import (
	"context"
	"log"
	"time"
)

type Stamp struct {
	Name   string
	failed int
}

type Press interface {
	Print(ctx context.Context, s Stamp) error
	Colour(ctx context.Context, s Stamp) error
	Cut(ctx context.Context, s Stamp) error
}

func PrintAll(ctx context.Context, p Press, sheet []Stamp) {
	for i := 0; i < len(sheet); i++ { //~ BP11 medium
		if err := p.Print(ctx, sheet[i]); err != nil {
			log.Printf("print: %v", err)
			i--
		}
	}
}

func ColourAll(ctx context.Context, p Press, sheet []Stamp) {
	done := 0
	for done < len(sheet) { //~ BP11 medium
		if err := p.Colour(ctx, sheet[done]); err != nil {
			log.Printf("colour: %v", err)
			continue
		}
		done++
	}
}

func CutAll(ctx context.Context, p Press, left []Stamp) {
	for len(left) > 0 { //~ BP11 medium
		next := left[0]
		left = left[1:]
		if err := p.Cut(ctx, next); err != nil {
			left = append(left, next)
		}
	}
}

func InRounds(ctx context.Context, p Press, left []Stamp) {
	for len(left) > 0 { //~ BP11 medium
		var again []Stamp
		for _, one := range left {
			if err := p.Cut(ctx, one); err != nil {
				again = append(again, one)
			}
		}
		left = again
	}
}

func InSlowerRounds(ctx context.Context, p Press, left []Stamp) {
	rest := 5 * time.Second
	for len(left) > 0 {
		var again []Stamp
		for _, one := range left {
			if err := p.Cut(ctx, one); err != nil {
				again = append(again, one)
			}
		}
		left = again
		time.Sleep(rest)
		rest *= 2
	}
}

func CutSome(ctx context.Context, p Press, left []Stamp) {
	for len(left) > 0 {
		next := left[0]
		left = left[1:]
		if err := p.Cut(ctx, next); err != nil {
			next.failed++
			if next.failed < 4 {
				left = append(left, next)
			}
		}
	}
}
