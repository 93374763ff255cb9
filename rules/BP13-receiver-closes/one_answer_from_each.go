// Right, if needless: the function takes one answer from each worker that it started, and so knows that all have sent.
package quorum

// All asks every peer and returns how many failed.
func All(peers []string, ask func(string) error) int {
	answers := make(chan error)
	for _, p := range peers {
		go func(p string) {
			answers <- ask(p)
		}(p)
	}
	failed := 0
	for range peers {
		if <-answers != nil {
			failed++
		}
	}
	close(answers)
	return failed
}
