// Two workers that meet a fatal error each close the channel that tells the others. The lock makes them do it one after the other.
package mirrorsync

import "sync"

type job struct{ from, to string }

type run struct {
	mu    sync.Mutex
	first error
	abort chan struct{}
	jobs  chan job
	work  func(job) error
}

func (r *run) failed(err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.first = err
	close(r.abort) //~ BP05 medium
}

func (r *run) worker(done *sync.WaitGroup) {
	defer done.Done()
	for {
		select {
		case j, ok := <-r.jobs:
			if !ok {
				return
			}
			if err := r.work(j); err != nil {
				r.failed(err)
				return
			}
		case <-r.abort:
			return
		}
	}
}

func (r *run) all(list []job, n int) error {
	var done sync.WaitGroup
	for i := 0; i < n; i++ {
		done.Add(1)
		go r.worker(&done)
	}
feed:
	for _, j := range list {
		select {
		case r.jobs <- j:
		case <-r.abort:
			break feed
		}
	}
	close(r.jobs)
	done.Wait()
	return r.first
}
