// The channel comes from a caller out of view. It may have room for every send, so: medium.
package jobs

import "net/http"

type Job struct {
	Kind, Arg string
}

type Submit struct {
	Queue chan<- Job
}

func (s Submit) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	j := Job{Kind: r.FormValue("kind"), Arg: r.FormValue("arg")}
	if j.Kind == "" {
		http.Error(w, "kind is missing", http.StatusBadRequest)
		return
	}
	s.Queue <- j //~ BP06 medium
	w.WriteHeader(http.StatusAccepted)
}

func Handler(queue chan<- Job) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		queue <- Job{Kind: "ping"} //~ BP06 medium
	})
}
