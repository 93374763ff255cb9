//highwater:nocompile
// A gin handler has the request's context in reach twice over and gives the
// repository neither.

package api

import (
	"context"
	"errors"
	"net/http"

	"github.com/gin-gonic/gin"
)

var ErrNotFound = errors.New("not found")

type Meter struct {
	ID    string `json:"id"`
	Total int64  `json:"total"`
}

type Repository interface {
	Find(ctx context.Context, id string) (Meter, error)
}

type API struct {
	repo Repository
}

func (a *API) Register(r gin.IRouter) {
	r.GET("/meters/:id", a.get)
}

func (a *API) get(c *gin.Context) {
	m, err := a.repo.Find(context.Background(), c.Param("id")) //~ BP20 high
	switch {
	case errors.Is(err, ErrNotFound):
		c.AbortWithStatus(http.StatusNotFound)
	case err != nil:
		c.AbortWithStatus(http.StatusInternalServerError)
	default:
		c.JSON(http.StatusOK, m)
	}
}
