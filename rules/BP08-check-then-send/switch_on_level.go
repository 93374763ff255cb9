// A package-level channel, a switch over its fill level, a send in one of the cases.
package gateway

import "errors"

var (
	errShed = errors.New("gateway: shedding load")

	webhooks = make(chan string, 512)
)

func Submit(url string) error {
	switch n := len(webhooks); {
	case n < 400: //~ BP08 medium
		webhooks <- url
		return nil
	default:
		return errShed
	}
}
