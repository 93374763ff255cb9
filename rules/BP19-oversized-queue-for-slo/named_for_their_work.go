// The workers and the time of their work have one name, who asks leaves by the deadline, and a comment may tell both.
package assay

import "time"

type Plan struct {
	Evaluators int
	Shelf      int
	Evaluation time.Duration
	Objective  time.Duration
}

func defaults() Plan {
	return Plan{
		Evaluators: 4,
		Shelf:      512, //~ BP19 medium
		Evaluation: 15 * time.Millisecond,
		Objective:  250 * time.Millisecond,
	}
}

func small() Plan {
	return Plan{
		Evaluators: 4,
		Shelf:      60,
		Evaluation: 15 * time.Millisecond,
		Objective:  250 * time.Millisecond,
	}
}

func start(plan Plan, weigh func(string)) chan<- string {
	stones := make(chan string, plan.Shelf)
	for i := 0; i < plan.Evaluators; i++ {
		go func() {
			for stone := range stones {
				weigh(stone)
			}
		}()
	}
	return stones
}

type Desk struct {
	Clerks     int
	Tray       int
	Glance     time.Duration // what one look at a form takes
	Deadline   time.Duration // nobody waits for longer
	RetryAfter time.Duration
}

var desk = Desk{
	Clerks:     2,
	Tray:       1000, //~ BP19 medium
	Glance:     10 * time.Millisecond,
	Deadline:   200 * time.Millisecond,
	RetryAfter: time.Second,
}

func sit(stamp func(string)) chan<- string {
	forms := make(chan string, desk.Tray)
	for i := 0; i < desk.Clerks; i++ {
		go func() {
			for form := range forms {
				stamp(form)
			}
		}()
	}
	return forms
}
