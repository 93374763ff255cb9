//highwater:nocompile

// The full branch asks a limited errgroup; TryGo starts a goroutine only below the limit and says so.
package export

import (
	"errors"

	"golang.org/x/sync/errgroup"
)

var ErrBusy = errors.New("export: busy")

type Exporter struct {
	group  *errgroup.Group
	tables chan string
	dump   func(table string)
}

func New(workers, room int, dump func(table string)) *Exporter {
	g := new(errgroup.Group)
	g.SetLimit(workers)
	return &Exporter{group: g, tables: make(chan string, room), dump: dump}
}

func (e *Exporter) Export(table string) error {
	select {
	case e.tables <- table:
		return nil
	default:
	}
	started := e.group.TryGo(func() error {
		e.dump(table)
		return nil
	})
	if !started {
		return ErrBusy
	}
	return nil
}
