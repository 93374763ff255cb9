// Whoever gives up may stand in a function of its own, and a range may end when all have been heard.
package deals

import (
	"context"
	"time"
)

type answer struct {
	text string
	err  error
}

func ask(f func() (string, error)) <-chan answer {
	answers := make(chan answer)
	go func() {
		text, err := f()
		answers <- answer{text, err} //~ BP22 high
	}()
	return answers
}

func hear(ctx context.Context, answers <-chan answer) (string, error) {
	select {
	case a := <-answers:
		return a.text, a.err
	case <-ctx.Done():
		return "", ctx.Err()
	}
}

// Offer asks two at once.
func Offer(ctx context.Context, price, place func() (string, error)) (string, error) {
	first, second := ask(price), ask(place)
	one, err := hear(ctx, first)
	if err != nil {
		return "", err
	}
	other, err := hear(ctx, second)
	return one + other, err
}

func askWithRoom(f func() (string, error)) <-chan answer {
	replies := make(chan answer, 1)
	go func() {
		text, err := f()
		replies <- answer{text, err}
	}()
	return replies
}

func hearReply(limit time.Duration, replies <-chan answer) (string, error) {
	select {
	case a := <-replies:
		return a.text, a.err
	case <-time.After(limit):
		return "", context.DeadlineExceeded
	}
}

// Quote leaves nobody behind.
func Quote(f func() (string, error)) (string, error) {
	return hearReply(time.Second, askWithRoom(f))
}

// Prices ends when everybody was heard.
func Prices(shops []string, price func(string) int) []int {
	left := len(shops)
	prices := make(chan int)
	for _, shop := range shops {
		go func(shop string) { prices <- price(shop) }(shop)
	}
	all := make([]int, 0, left)
	for p := range prices {
		all = append(all, p)
		if left--; left == 0 {
			break
		}
	}
	return all
}

// Costs counts what it has.
func Costs(shops []string, cost func(string) int) []int {
	costs := make(chan int)
	for _, shop := range shops {
		go func(shop string) { costs <- cost(shop) }(shop)
	}
	var all []int
	for c := range costs {
		all = append(all, c)
		if len(all) == len(shops) {
			return all
		}
	}
	return all
}

// FirstFew leaves the others behind.
func FirstFew(shops []string, few int, speed func(string) int) []int {
	speeds := make(chan int)
	for _, shop := range shops {
		go func(shop string) { speeds <- speed(shop) }(shop) //~ BP22 high
	}
	var all []int
	for s := range speeds {
		all = append(all, s)
		if len(all) == few {
			break
		}
	}
	return all
}
