// Capacity and workers are known, the times are not: 1,250 jobs come before the last one.
package shipper

import "context"

type Shipper struct {
	lines chan string
}

func Start(ctx context.Context, post func(context.Context, string)) *Shipper {
	s := &Shipper{lines: make(chan string, 5000)} //~ BP19 low
	for i := 0; i < 4; i++ {
		go s.run(ctx, post)
	}
	return s
}

func (s *Shipper) run(ctx context.Context, post func(context.Context, string)) {
	for {
		select {
		case <-ctx.Done():
			return
		case line := <-s.lines:
			post(ctx, line)
		}
	}
}

func (s *Shipper) Ship(ctx context.Context, line string) error {
	select {
	case s.lines <- line:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
