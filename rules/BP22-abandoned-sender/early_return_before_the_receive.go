// Between the spawn and the receive stands a check that returns: the prefetch goroutine then has nobody to give its result to.
package profile

import (
	"errors"
	"fmt"
)

type prefs struct {
	locale string
	theme  string
}

var errNoUser = errors.New("profile: no such user")

type directory interface {
	Exists(user string) (bool, error)
}

// Page loads preferences while it checks that the user exists.
func Page(dir directory, user string, load func(string) prefs) (string, error) {
	loaded := make(chan prefs)
	go func() {
		loaded <- load(user) //~ BP22 high
	}()

	ok, err := dir.Exists(user)
	if err != nil {
		return "", fmt.Errorf("directory: %w", err)
	}
	if !ok {
		return "", errNoUser
	}
	p := <-loaded
	return fmt.Sprintf("%s (%s, %s)", user, p.locale, p.theme), nil
}
