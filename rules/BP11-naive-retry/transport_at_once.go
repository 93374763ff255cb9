// What wraps a transport and tries again at once multiplies every request that goes through it. The second
// of two tries is made on a new connection.
package steady

import (
	"fmt"
	"net/http"
)

type Steady struct {
	next  http.RoundTripper
	tries int
}

func New(next http.RoundTripper) *Steady { return &Steady{next: next, tries: 6} }

func (s *Steady) RoundTrip(request *http.Request) (*http.Response, error) {
	var last error
	for i := 0; i < s.tries; i++ { //~ BP11 medium
		response, err := s.next.RoundTrip(request)
		if err == nil {
			return response, nil
		}
		last = err
	}
	return nil, fmt.Errorf("after %d tries: %w", s.tries, last)
}

type Twice struct {
	next http.RoundTripper
}

func (t *Twice) RoundTrip(request *http.Request) (*http.Response, error) {
	var last error
	for i := 0; i < 2; i++ {
		response, err := t.next.RoundTrip(request)
		if err == nil {
			return response, nil
		}
		last = err
	}
	return nil, last
}
