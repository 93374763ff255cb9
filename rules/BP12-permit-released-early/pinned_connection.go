// A connection is pinned out of the database/sql pool and given back by the
// defer; the vacuum in the goroutine needs it for much longer.

package archive

import (
	"context"
	"database/sql"
	"fmt"
	"log"
)

type Store struct {
	db *sql.DB
}

func (s *Store) Rotate(ctx context.Context, table string) error {
	conn, err := s.db.Conn(ctx)
	if err != nil {
		return fmt.Errorf("rotate %s: %w", table, err)
	}
	defer conn.Close()

	if _, err := conn.ExecContext(ctx, "CREATE TABLE "+table+"_old AS SELECT * FROM "+table); err != nil {
		return fmt.Errorf("rotate %s: %w", table, err)
	}
	go func() { //~ BP12 high
		if _, err := conn.ExecContext(ctx, "VACUUM "+table); err != nil {
			log.Printf("vacuum %s: %v", table, err)
		}
	}()
	return nil
}
