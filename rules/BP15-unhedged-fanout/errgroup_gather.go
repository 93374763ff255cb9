//highwater:nocompile
// Right: the calls go to different backends and the page needs all of them;
// the group cancels the rest when one fails.

package dashboard

import (
	"context"

	"golang.org/x/sync/errgroup"
)

type Panel struct {
	Title string
	Rows  [][]string
}

type Source interface {
	Panel(ctx context.Context, tenant string) (Panel, error)
}

func Load(ctx context.Context, sources []Source, tenant string) ([]Panel, error) {
	panels := make([]Panel, len(sources))
	g, ctx := errgroup.WithContext(ctx)
	for i, s := range sources {
		i, s := i, s
		g.Go(func() error {
			p, err := s.Panel(ctx, tenant)
			panels[i] = p
			return err
		})
	}
	if err := g.Wait(); err != nil {
		return nil, err
	}
	return panels, nil
}
