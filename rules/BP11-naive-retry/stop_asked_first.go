// The limit stands at the top of the loop, before anything was tried; the
// loop has an end, and lacks only the wait.

package keys

import (
	"io"
	"net/http"
)

type Store struct {
	client  *http.Client
	url     string
	retries int
}

func (s *Store) Fetch() ([]byte, error) {
	var last error
	left := s.retries
	for { //~ BP11 medium
		if left == 0 {
			return nil, last
		}
		left--
		resp, err := s.client.Get(s.url)
		if err != nil {
			last = err
			continue
		}
		defer resp.Body.Close()
		return io.ReadAll(resp.Body)
	}
}
