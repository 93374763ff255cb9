//! The five questions on snippets: which sites each lists, and every kind of answer.

use highwater::review::outcome::Status;
use highwater::review::{Options, Review, run};
use highwater::source::Language;

fn review(text: &str) -> Review {
    run::check_text("example.go", text, Language::Go, &Options::default())
}

/// The sites of a question: `line what: answer`, with `?` behind those that are not good.
fn sites(question: &str, text: &str) -> Vec<String> {
    let review = review(text);
    let question = review
        .smell
        .into_iter()
        .find(|asked| asked.id == question)
        .unwrap();
    question
        .sites
        .into_iter()
        .map(|site| {
            let mark = if site.ok { "" } else { " ?" };
            format!("{} {}: {}{mark}", site.line, site.what, site.answer)
        })
        .collect()
}

fn status(item: &str, text: &str) -> Status {
    let review = review(text);
    let found = review.checklist.into_iter().find(|found| found.id == item);
    found.unwrap().status
}

#[test]
fn every_buffer_is_listed_with_its_bound() {
    let text = "package a
func f(size int, xs []int) {
	a := make(chan int)
	b := make(chan int, 100)
	c := make(chan int, 1<<20)
	d := make(chan int, size)
	e := make(chan int, len(xs))
	use(a, b, c, d, e)
}
";
    assert_eq!(
        sites("Q1", text),
        [
            "3 channel `a`: no buffer: each send waits",
            "4 channel `b`: bounded, 100",
            "5 channel `c`: bounded in name only, 1048576 ?",
            "6 channel `d`: bounded, `size`",
            "7 channel `e`: bounded, `len(xs)`",
        ]
    );
}

#[test]
fn a_slice_that_is_pushed_and_popped_is_a_queue() {
    let queue = |push: &str| {
        format!(
            "package a
type Q struct {{ items, open []int; all []int }}
func (q *Q) Push(x int) {{
	{push}
	q.items = append(q.items, x)
	q.all = append(q.all, x)
}}
func (q *Q) Pop() int {{
	x := q.items[0]
	q.items = q.items[1:]
	return x
}}
"
        )
    };
    let site = "slice used as a queue `Q.items`";
    assert_eq!(sites("Q1", &queue("")), [format!("5 {site}: unbounded ?")]);
    assert_eq!(
        sites("Q1", &queue("if len(q.items) >= 100 { return }")),
        [format!("5 {site}: its length is tested")]
    );
}

#[test]
fn every_send_says_what_wakes_it() {
    let text = "package a
func f() {
	a := make(chan int, 3)
	b := make(chan int)
	go func() { <-a }()
	a <- 1
	b <- 2
}
";
    assert_eq!(
        sites("Q2", text),
        [
            "5 receive from `a`: a send in view",
            "6 send to `a`: room for 3, a receive in view",
            "7 send to `b`: no receive in view ?",
        ]
    );
}

#[test]
fn every_select_says_which_arms_let_it_go_on() {
    let text = "package a
import (\"context\"; \"time\")
func f(ctx context.Context, a chan<- int, b <-chan int) {
	select {
	case a <- 1:
	default:
	}
	select {
	case a <- 1:
	case <-ctx.Done():
	}
	select {
	case a <- 1:
	case <-time.After(time.Second):
	}
	select {
	case a <- 1:
	case <-b:
	}
	select {}
}
";
    assert_eq!(
        sites("Q2", text),
        [
            "4 select that sends: default",
            "8 select that sends: done arm",
            "12 select that sends: timeout ?",
            "16 select that sends and receives: the other sides only ?",
            "20 select: nothing: it waits for ever ?",
        ]
    );
    assert_ne!(status("C5", text), Status::Clear);
}

#[test]
fn every_range_says_whether_it_ends() {
    let text = "package a
func f(a <-chan int) {
	b := make(chan int)
	go func() {
		defer close(b)
		b <- 1
	}()
	for range b {
	}
	for x := range a {
		if x == 0 {
			break
		}
	}
}
";
    let sites = sites("Q2", text);
    assert!(
        sites.contains(&"8 range over `b`: a close in view".to_owned()),
        "{sites:?}"
    );
    assert!(
        sites.contains(&"10 range over `a`: a way out of its body ?".to_owned()),
        "{sites:?}"
    );
}

#[test]
fn every_wait_for_a_lock_or_a_group_says_who_ends_it() {
    let text = "package a
import \"sync\"
func f(mu, other *sync.Mutex, wg *sync.WaitGroup, c *sync.Cond) {
	mu.Lock()
	defer mu.Unlock()
	other.Lock()
	wg.Add(1)
	go func() { defer wg.Done(); c.Signal() }()
	wg.Wait()
	c.Wait()
}
";
    assert_eq!(
        sites("Q2", text),
        [
            "4 lock `mu`: an unlock in view",
            "6 lock `other`: nothing in view ?",
            "9 wait for group `wg`: `Done` in view",
            "10 wait for condition `c`: a signal in view",
        ]
    );
}

#[test]
fn every_receive_says_what_it_waits_for() {
    let text = "package a
import (\"context\"; \"os\"; \"os/signal\"; \"time\")
func f(ctx context.Context, in <-chan int) {
	<-ctx.Done()
	<-time.After(time.Second)
	sig := make(chan os.Signal, 1)
	signal.Notify(sig)
	<-sig
	<-in
	time.Sleep(time.Second)
}
";
    assert_eq!(
        sites("Q2", text),
        [
            "4 receive from `ctx.Done()`: the end of a context",
            "5 receive from `time.After(…)`: a timer",
            "8 receive from `sig`: a signal to the process",
            "9 receive from `in`: nothing in view ?",
            "10 sleep: its time only",
        ]
    );
}

#[test]
fn handlers_and_spawns_say_what_limits_them() {
    let text = "package a
import (\"net/http\"; \"golang.org/x/time/rate\")
var lim *rate.Limiter
func open(w http.ResponseWriter, r *http.Request) {
	go work()
}
func closed(w http.ResponseWriter, r *http.Request) {
	if !lim.Allow() { return }
}
func plain(w http.ResponseWriter, r *http.Request) {}
func start(jobs []int) {
	for i := 0; i < 4; i++ {
		go work()
	}
	for range jobs {
		go work()
	}
	for {
		go work()
	}
}
func work() {}
";
    assert_eq!(
        sites("Q3", text),
        [
            "4 request handler `open`: nothing in view, and it starts goroutines ?",
            "5 goroutine `work`: nothing in view: one for each request ?",
            "7 request handler `closed`: a rate limiter",
            "10 request handler `plain`: nothing in view, and it starts nothing",
            "13 goroutine `work`: 4 of them",
            "16 goroutine `work`: one for each of `jobs`",
            "19 goroutine `work`: nothing in view ?",
        ]
    );
}

#[test]
fn calls_and_retries_say_what_ends_them() {
    let text = "package a
import (\"context\"; \"net/http\"; \"time\")
func get(ctx context.Context, url string) error {
	http.Get(url)
	req, _ := http.NewRequestWithContext(ctx, \"GET\", url, nil)
	http.DefaultClient.Do(req)
	for {
		if err := call(); err == nil {
			return nil
		}
		time.Sleep(time.Second)
	}
}
";
    let sites = sites("Q3", text);
    assert!(
        sites.contains(&"4 call of `http.Get`: no context of its own ?".to_owned()),
        "{sites:?}"
    );
    assert!(
        sites.contains(
            &"7 retry of `call`: no last attempt, no growing wait with jitter ?".to_owned()
        ),
        "{sites:?}"
    );
    assert_eq!(status("C10", text), Status::Flagged);
}

#[test]
fn every_close_names_its_owner_and_who_may_outlive_it() {
    let text = "package a
import \"sync\"
type P struct {
	jobs, done chan int
	once sync.Once
}
func (p *P) Send(x int) { p.jobs <- x }
func (p *P) Close() { close(p.jobs) }
func (p *P) Stop() { p.once.Do(func() { close(p.done) }) }
func own() <-chan int {
	out := make(chan int, 1)
	out <- 1
	close(out)
	return out
}
func twice(c chan int) {
	close(c)
	close(c)
}
";
    let sites = sites("Q4", text);
    assert_eq!(
        sites,
        [
            "8 close of `p.jobs`: the only close, a sender may outlive it ?",
            "9 close of `p.done`: once, by a once, nobody sends",
            "13 close of `out`: the only close, no sender outlives it",
            "17 close of `c`: closed in another place too, nobody sends ?",
            "18 close of `c`: closed in another place too, nobody sends ?",
        ]
    );
}

#[test]
fn every_stop_says_what_it_waits_for() {
    let text = "package a
import (\"sync\"; \"time\"; \"net/http\"; \"context\")
type P struct {
	jobs chan int
	done chan struct{}
	wg   sync.WaitGroup
	srv  *http.Server
}
func (p *P) Close() { close(p.jobs); p.wg.Wait() }
func (p *P) Stop() { close(p.done) }
func (p *P) Drain() { time.Sleep(time.Second) }
func (p *P) Shutdown(ctx context.Context) { p.srv.Shutdown(ctx) }
func (p *P) StopIdle() { p.srv = nil }
";
    assert_eq!(
        sites("Q5", text),
        [
            "9 stop path `P.Close`: waits for `p.wg.Wait`",
            "10 stop path `P.Stop`: waits for nothing ?",
            "11 stop path `P.Drain`: waits a fixed time ?",
            "12 stop path `P.Shutdown`: waits for `p.srv.Shutdown`",
            "13 stop path `P.StopIdle`: waits for nothing",
        ]
    );
}
