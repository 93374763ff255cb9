// Values of the request are put into a root, and the work runs on that: the values came along,
// the end did not.
package blocks

import (
	"context"
	"net/http"
)

type tokenKey struct{}

func attachToken(ctx context.Context, r *http.Request) context.Context {
	return context.WithValue(ctx, tokenKey{}, r.Header.Get("Authorization"))
}

func extractFrom(ctx context.Context) (string, error) {
	token, _ := ctx.Value(tokenKey{}).(string)
	return token, nil
}

type account interface {
	Balance(ctx context.Context) (string, error)
}

// Balance looks up the balance for the client.
func Balance(a account) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		ctx := attachToken(context.Background(), r) //~ BP20 medium
		balance, err := a.Balance(ctx)
		if err != nil {
			http.Error(w, "no balance", http.StatusBadGateway)
			return
		}
		_, _ = w.Write([]byte(balance))
	}
}

// extractToken only takes a value out of what it puts together.
func extractToken(r *http.Request) string {
	ctx := attachToken(context.Background(), r)
	token, _ := extractFrom(ctx)
	return token
}
