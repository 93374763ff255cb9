// A bounded queue that makes room by throwing out its oldest job. The bound is right,
// and the job that was thrown out is never mentioned again.
package thumbs

import "sync"

type Job struct {
	Path string
	Size int
}

type Queue struct {
	mu   sync.Mutex
	jobs []Job
	max  int
}

func New(max int) *Queue { return &Queue{max: max} }

func (q *Queue) Add(j Job) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if len(q.jobs) >= q.max { //~ BP07 high
		q.jobs = q.jobs[1:]
	}
	q.jobs = append(q.jobs, j)
}

func (q *Queue) Take() (Job, bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if len(q.jobs) == 0 {
		return Job{}, false
	}
	j := q.jobs[0]
	q.jobs = q.jobs[1:]
	return j, true
}
