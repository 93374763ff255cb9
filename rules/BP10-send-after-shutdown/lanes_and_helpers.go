// The channel is picked out of a slice by a helper, sent to through a local name, and all lanes are closed by a range one call below Close.
package sharder

import "hash/fnv"

// Op is a write to one key.
type Op struct {
	Key   string
	Value []byte
}

// Sharder keeps the order of writes per key.
type Sharder struct {
	lanes []chan Op
}

func (s *Sharder) lane(key string) chan Op {
	h := fnv.New32a()
	if _, err := h.Write([]byte(key)); err != nil {
		return s.lanes[0]
	}
	return s.lanes[h.Sum32()%uint32(len(s.lanes))]
}

// Write queues the operation behind earlier ones of the same key.
func (s *Sharder) Write(op Op) {
	ch := s.lane(op.Key)
	ch <- op //~ BP10 high
}

// Close ends all lanes.
func (s *Sharder) Close() {
	s.shutdown()
}

func (s *Sharder) shutdown() {
	for _, ch := range s.lanes {
		close(ch)
	}
}
