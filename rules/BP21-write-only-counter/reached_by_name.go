// Fields with an open name in structs whose own name is closed: another package reaches them where
// the struct is taken over, held by an open field, in an open variable or a result. Closed names
// stay closed there.
package disk

type sizes struct {
	Rows, Bytes uint64
	merges      uint64
}

type Stats struct {
	sizes
	Index indexStats
}

type indexStats struct{ Hits uint64 }

type poolStats struct{ Taken uint64 }

var Pool = newPoolStats()

func newPoolStats() *poolStats { return &poolStats{} }

type walk struct{ Steps int }

type seen struct{ Keys int }

type Table struct {
	walked walk
	seen   *seen
}

func (t *Table) Seen() *seen { return t.seen }

func (t *Table) Fill(s *Stats, rows, bytes uint64) {
	s.Rows += rows
	s.Bytes += bytes
	s.merges++ //~ BP21 high
	s.Index.Hits++
	Pool.Taken++
	t.seen.Keys++
	t.walked.Steps++ //~ BP21 high
}
