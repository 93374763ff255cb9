//highwater:nocompile
// No defer here: the slot is given back in the last line of the handler, and
// on one error path before it.

package api

import (
	"net/http"

	"github.com/gin-gonic/gin"
)

type importer interface {
	Load(file string)
}

type API struct {
	slots    chan struct{}
	importer importer
}

func (a *API) Routes(r *gin.Engine) {
	r.POST("/imports", a.startImport)
}

func (a *API) startImport(c *gin.Context) {
	select {
	case a.slots <- struct{}{}:
	case <-c.Request.Context().Done():
		c.AbortWithStatus(http.StatusServiceUnavailable)
		return
	}
	file := c.PostForm("file")
	if file == "" {
		<-a.slots
		c.AbortWithStatus(http.StatusBadRequest)
		return
	}
	go a.importer.Load(file) //~ BP12 high
	<-a.slots
	c.Status(http.StatusAccepted)
}
