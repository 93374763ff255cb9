// Every mirror downloads the whole archive, one result is kept. The timeout
// ends the wait, not the downloads.

package pkgfetch

import (
	"errors"
	"io"
	"net/http"
	"time"
)

var mirrors = []string{
	"https://eu.pkg.example.net/",
	"https://us.pkg.example.net/",
	"https://ap.pkg.example.net/",
}

func Archive(name string) ([]byte, error) {
	bodies := make(chan []byte, len(mirrors))
	for i := range mirrors { //~ BP15 high
		go func(base string) {
			if body, err := get(base + name); err == nil {
				bodies <- body
			}
		}(mirrors[i])
	}
	select {
	case body := <-bodies:
		return body, nil
	case <-time.After(30 * time.Second):
		return nil, errors.New("no mirror has " + name)
	}
}

func get(url string) ([]byte, error) {
	resp, err := http.Get(url)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return nil, errors.New(resp.Status)
	}
	return io.ReadAll(resp.Body)
}
