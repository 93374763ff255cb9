// The capacity comes from configuration or from the input, with a small default.
package notify

import (
	"os"
	"strconv"
)

const defaultBacklog = 512

type Mailer struct {
	queue chan string
}

func NewMailer() *Mailer {
	n := defaultBacklog
	if s := os.Getenv("MAIL_BACKLOG"); s != "" {
		if v, err := strconv.Atoi(s); err == nil && v > 0 {
			n = v
		}
	}
	return &Mailer{queue: make(chan string, n)}
}

func (m *Mailer) Send(to string) bool {
	select {
	case m.queue <- to:
		return true
	default:
		return false
	}
}

// tokens holds one token for each shard, so it is as large as the input.
func tokens(shards []string) chan string {
	ch := make(chan string, len(shards))
	for _, s := range shards {
		ch <- s
	}
	return ch
}
