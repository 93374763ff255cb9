//highwater:nocompile

// An echo handler, registered as a method value; the channel is a field made by the constructor.
package events

import (
	"net/http"

	"github.com/labstack/echo/v4"
)

type Publisher struct {
	out chan []byte
}

func New(e *echo.Echo, backlog int) *Publisher {
	p := &Publisher{out: make(chan []byte, backlog)}
	e.POST("/events", p.publish)
	e.POST("/events/batch", p.publishBatch)
	return p
}

func (p *Publisher) publish(c echo.Context) error {
	body := []byte(c.FormValue("event"))
	p.out <- body //~ BP06 high
	return c.NoContent(http.StatusAccepted)
}

func (p *Publisher) publishBatch(c echo.Context) error {
	body := []byte(c.FormValue("events"))
	select {
	case p.out <- body:
		return c.NoContent(http.StatusAccepted)
	case <-c.Request().Context().Done():
		return c.NoContent(http.StatusServiceUnavailable)
	}
}
