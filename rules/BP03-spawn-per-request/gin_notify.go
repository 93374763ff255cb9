//highwater:nocompile

// A gin handler that mails in the background: one goroutine per order.
// c.Copy() makes the context safe to keep, it limits nothing.
package shop

import (
	"net/http"

	"github.com/gin-gonic/gin"
	"go.uber.org/zap"
)

type Orders struct {
	log  *zap.Logger
	mail interface{ Confirm(to string) error }
}

func (o *Orders) Register(g *gin.RouterGroup) {
	g.POST("/orders", o.create)
}

func (o *Orders) create(c *gin.Context) {
	var in struct {
		Email string `json:"email"`
	}
	if err := c.BindJSON(&in); err != nil {
		return
	}
	cc := c.Copy()
	go func() { //~ BP03 high
		if err := o.mail.Confirm(in.Email); err != nil {
			o.log.Error("confirm", zap.String("path", cc.FullPath()), zap.Error(err))
		}
	}()
	c.Status(http.StatusCreated)
}
