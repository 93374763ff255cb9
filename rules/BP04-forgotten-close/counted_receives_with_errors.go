// No close and no need for one: the caller takes exactly as many answers as it started senders, errors included.
package dnscheck

import "fmt"

type answer struct {
	host string
	err  error
}

// Check resolves all hosts and returns every failure, not only the first.
func Check(hosts []string, resolve func(string) error) []error {
	answers := make(chan answer)
	for _, h := range hosts {
		go func(host string) {
			answers <- answer{host, resolve(host)}
		}(h)
	}
	var failed []error
	for i := 0; i < len(hosts); i++ {
		if a := <-answers; a.err != nil {
			failed = append(failed, fmt.Errorf("%s: %w", a.host, a.err))
		}
	}
	return failed
}
