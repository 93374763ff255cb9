// One worker per CPU: their number is known at run time only, so no wait can be computed and nothing is said,
// although capacity, job time and objective are constants.
package scan

import (
	"context"
	"runtime"
	"time"
)

const (
	backlog = 5000
	perFile = 20 * time.Millisecond
	slo     = 5 * time.Second
)

type Scanner struct {
	files chan string
}

func Start(ctx context.Context, check func(context.Context, string)) *Scanner {
	s := &Scanner{files: make(chan string, backlog)}
	workers := runtime.GOMAXPROCS(0)
	for i := 0; i < workers; i++ {
		go s.work(ctx, check)
	}
	return s
}

func (s *Scanner) work(ctx context.Context, check func(context.Context, string)) {
	for {
		select {
		case <-ctx.Done():
			return
		case f := <-s.files:
			check(ctx, f)
		}
	}
}

func (s *Scanner) Add(file string) bool {
	select {
	case s.files <- file:
		return true
	default:
		return false
	}
}
