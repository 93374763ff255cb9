//highwater:nocompile

// A webhook receiver: the non-blocking send is behind a flag, and the close can still come between the two.
package webhook

import (
	"io"
	"net/http"
	"sync/atomic"

	"github.com/gin-gonic/gin"
)

type inbox struct {
	closing int32
	events  chan []byte
}

func (in *inbox) offer(body []byte) bool {
	if atomic.LoadInt32(&in.closing) == 1 {
		return false
	}
	select {
	case in.events <- body: //~ BP10 high
		return true
	default:
		return false
	}
}

// Payment accepts one notification.
func (in *inbox) Payment(c *gin.Context) {
	body, err := io.ReadAll(io.LimitReader(c.Request.Body, 1<<16))
	if err != nil {
		c.AbortWithStatus(http.StatusBadRequest)
		return
	}
	if !in.offer(body) {
		c.Header("Retry-After", "5")
		c.AbortWithStatus(http.StatusServiceUnavailable)
		return
	}
	c.Status(http.StatusAccepted)
}

// Close lets the worker end after what is queued.
func (in *inbox) Close() {
	if atomic.CompareAndSwapInt32(&in.closing, 0, 1) {
		close(in.events)
	}
}
