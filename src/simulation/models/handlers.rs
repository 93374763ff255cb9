//! Handlers that meet workers: what piles up behind a request.

use super::super::figure::{Figure, Plot, Role};
use super::super::station::{Load, Run, Station, UNLIMITED, WhenFull, run};
use super::{Both, Model, Parameter, account, grouped, minute, number, surge, time};

const RATE: Parameter = number(
    "rate",
    "requests before the surge",
    "/s",
    (10.0, 400.0, 10.0),
    150.0,
);
const PEAK: Parameter = number(
    "peak",
    "requests in the surge",
    "/s",
    (50.0, 1500.0, 50.0),
    500.0,
);
const WORKERS: Parameter = number("workers", "workers", "", (1.0, 64.0, 1.0), 8.0);
const JOB: Parameter = number("job", "time per job", "ms", (1.0, 200.0, 1.0), 25.0);

fn steady(rate: f64) -> Load {
    Load {
        rate,
        surge: None,
        random: true,
        seconds: 60.0,
    }
}

pub(super) static SPAWN: Model = Model {
    code: "BP03",
    scene: "A goroutine for each request on eight cores, and a pool of workers that answers 503 when it is full.",
    parameters: &[RATE, PEAK, WORKERS, JOB],
    draw: |values| {
        let pool = Station {
            room: 32,
            ..Station::new(values[2] as usize, values[3] / 1e3)
        };
        let spawn = Station {
            workers: UNLIMITED,
            cores: Some(values[2]),
            ..pool
        };
        let load = minute(values[0], values[1]);
        let (bug, fix) = (run(&spawn, &load, 3), run(&pool, &load, 3));
        let both = Both {
            bug: ("one per request", &bug),
            fix: ("pool", &fix),
        };
        let tasks =
            surge(both.over_time("goroutines at work", "goroutines", |s| s.inside() as f64));
        let answered = surge(both.rate("answers a second", "/s", |s| s.answered));
        Figure {
            caption: format!(
                "Up to {} goroutines share the same {} cores, so all of them are slow at once. The pool holds {} and turned {} away in the surge.",
                grouped(bug.most(|s| s.inside()) as f64),
                values[2],
                grouped(fix.most(|s| s.inside()) as f64),
                grouped(fix.account.rejected as f64),
            ),
            plots: vec![tasks, answered],
            accounts: vec![account("one per request", &bug), account("pool", &fix)],
        }
    },
};

/// Goroutines that stay, one for each of these events, with what each holds.
fn leak(label: &str, unit: &str, seen: &Run, share: f64, kilobytes: f64) -> Figure {
    let left = |run: &Run| run.over_time(|s| (s.answered as f64 * share).floor());
    let most = left(seen).last().map_or(0.0, |point| point.1);
    let tasks = Plot::new(label, "goroutines")
        .curve(Role::Bug, "left behind", left(seen))
        .curve(Role::Fix, "with the fix", seen.over_time(|_| 0.0));
    Figure {
        caption: format!(
            "After a minute {} goroutines wait for something that never comes, with {} MB; after a day at this rate it would be {}. {unit}",
            grouped(most),
            grouped(most * kilobytes / 1024.0),
            grouped(most * 1440.0),
        ),
        plots: vec![tasks],
        accounts: vec![account("calls", seen)],
    }
}

pub(super) static FORGOTTEN_CLOSE: Model = Model {
    code: "BP04",
    scene: "Each call starts a consumer that ranges over a channel nobody closes.",
    parameters: &[
        number("rate", "calls", "/s", (1.0, 500.0, 1.0), 50.0),
        number(
            "size",
            "a goroutine with what it holds",
            "KB",
            (2.0, 256.0, 1.0),
            8.0,
        ),
    ],
    draw: |values| {
        let calls = run(&Station::new(UNLIMITED, 0.02), &steady(values[0]), 4);
        leak(
            "consumers that wait for a close",
            "With the close each ends with its call.",
            &calls,
            1.0,
            values[1],
        )
    },
};

pub(super) static BLOCKING_SEND: Model = Model {
    code: "BP06",
    scene: "Handlers that send and wait for room, and handlers that answer 503 when there is none.",
    parameters: &[
        RATE,
        PEAK,
        WORKERS,
        JOB,
        number(
            "room",
            "room in the channel",
            "",
            (0.0, 1000.0, 10.0),
            100.0,
        ),
    ],
    draw: |values| {
        let reject = Station {
            room: values[4] as usize,
            ..Station::new(values[2] as usize, values[3] / 1e3)
        };
        let wait = Station {
            when_full: WhenFull::Wait,
            ..reject
        };
        let load = minute(values[0], values[1]);
        let (bug, fix) = (run(&wait, &load, 6), run(&reject, &load, 6));
        let both = Both {
            bug: ("bare send", &bug),
            fix: ("select with default", &fix),
        };
        let handlers = surge(
            both.over_time("handlers that wait in a send", "handlers", |s| {
                s.blocked as f64
            }),
        );
        let waits = surge(both.waits());
        Figure {
            caption: format!(
                "Up to {} handlers stand in the send, each with its connection and its memory, and one in a hundred waits longer than {}. With the default, {} callers hear 503 at once, and the wait of the others stays below {}.",
                grouped(bug.most(|s| s.blocked) as f64),
                time(bug.wait_quantile(0.99)),
                grouped(fix.account.rejected as f64),
                time(fix.wait_quantile(0.99)),
            ),
            plots: vec![handlers, waits],
            accounts: vec![account("bare send", &bug), account("default", &fix)],
        }
    },
};

pub(super) static PERMIT: Model = Model {
    code: "BP12",
    scene: "A semaphore given back by the handler while its goroutine works on, and one given back by the goroutine.",
    parameters: &[
        RATE,
        PEAK,
        number("permits", "permits", "", (1.0, 64.0, 1.0), 8.0),
        JOB,
    ],
    draw: |values| {
        let right = Station {
            room: 16,
            ..Station::new(values[2] as usize, values[3] / 1e3)
        };
        let early = Station {
            workers: UNLIMITED,
            cores: Some(values[2]),
            ..right
        };
        let load = minute(values[0], values[1]);
        let (bug, fix) = (run(&early, &load, 12), run(&right, &load, 12));
        let both = Both {
            bug: ("handler gives it back", &bug),
            fix: ("goroutine gives it back", &fix),
        };
        let plot = surge(both.over_time("work in flight", "jobs", |s| s.serving as f64))
            .mark(format!("{} permits", values[2]), values[2]);
        Figure {
            caption: format!(
                "There are {} permits and up to {} jobs in flight: the semaphore counts handlers, which are quick, and not the work. Given back by the goroutine it holds, at {} turned away.",
                values[2],
                grouped(bug.most(|s| s.serving) as f64),
                grouped(fix.account.rejected as f64),
            ),
            plots: vec![plot],
            accounts: vec![account("early", &bug), account("right", &fix)],
        }
    },
};

pub(super) static DETACHED: Model = Model {
    code: "BP20",
    scene: "Clients leave after a while. One version works on for them, the other's context ends with theirs.",
    parameters: &[
        RATE,
        PEAK,
        WORKERS,
        JOB,
        number("patience", "clients wait", "s", (0.1, 30.0, 0.1), 2.0),
    ],
    draw: |values| {
        let detached = Station {
            patience: Some(values[4]),
            ..Station::new(values[2] as usize, values[3] / 1e3)
        };
        let derived = Station {
            cancels: true,
            ..detached
        };
        let load = minute(values[0], values[1]);
        let (bug, fix) = (run(&detached, &load, 20), run(&derived, &load, 20));
        let both = Both {
            bug: ("Background()", &bug),
            fix: ("the request's context", &fix),
        };
        let useful = surge(both.rate("answers that somebody waited for", "/s", |s| s.answered));
        let inside = surge(both.over_time("requests inside", "requests", |s| s.inside() as f64));
        Figure {
            caption: format!(
                "With a context of its own the work goes on for clients that have left: {} jobs were done for nobody, while others waited behind them. With the request's context {} answers were in time, against {}.",
                grouped(bug.account.wasted as f64),
                grouped(fix.account.answered as f64),
                grouped(bug.account.answered as f64),
            ),
            plots: vec![useful, inside],
            accounts: vec![account("detached", &bug), account("derived", &fix)],
        }
    },
};

pub(super) static ABANDONED: Model = Model {
    code: "BP22",
    scene: "A call that gives up after a timeout leaves its goroutine in a send that nobody receives.",
    parameters: &[
        number("rate", "calls", "/s", (1.0, 500.0, 1.0), 100.0),
        number("job", "time per job", "ms", (1.0, 500.0, 1.0), 60.0),
        number("timeout", "timeout", "ms", (10.0, 2000.0, 10.0), 150.0),
        number(
            "size",
            "a goroutine with what it holds",
            "KB",
            (2.0, 256.0, 1.0),
            8.0,
        ),
    ],
    draw: |values| {
        let calls = run(
            &Station::new(UNLIMITED, values[1] / 1e3),
            &steady(values[0]),
            22,
        );
        // Times per job are exponential: this share of them is longer than the timeout.
        let share = (-values[2] / values[1]).exp();
        leak(
            "goroutines that wait to send",
            "With room for one value each sends, ends, and the value is collected.",
            &calls,
            share,
            values[3],
        )
    },
};

pub(super) static LOCK: Model = Model {
    code: "BP23",
    scene: "A broadcast sends under a lock. One reader pauses; everybody who needs the lock waits.",
    parameters: &[
        number(
            "rate",
            "calls that take the lock",
            "/s",
            (10.0, 1000.0, 10.0),
            200.0,
        ),
        number("held", "the lock is held for", "ms", (0.1, 4.0, 0.1), 0.5),
        number(
            "pause",
            "the reader pauses for",
            "s",
            (0.5, 30.0, 0.5),
            10.0,
        ),
    ],
    draw: |values| {
        let (rate, held, pause) = (values[0], values[1] / 1e3, values[2]);
        // While the reader pauses the holder of the lock does not move: whoever comes, waits.
        let waiting = |stuck: bool| -> Vec<(f64, f64)> {
            let mut waiting: f64 = 0.0;
            let step = 0.2;
            (0..300)
                .map(|at| {
                    let now = f64::from(at) * step;
                    let blocked = stuck && now >= 15.0 && now < 15.0 + pause;
                    let served = if blocked { 0.0 } else { step / held };
                    waiting = (waiting + rate * step - served).max(0.0);
                    (now, waiting)
                })
                .collect()
        };
        let bug = waiting(true);
        let most = bug.iter().map(|point| point.1).fold(0.0, f64::max);
        let plot = Plot::new("goroutines that wait for the lock", "goroutines")
            .curve(Role::Bug, "send under the lock", bug)
            .curve(
                Role::Fix,
                "copy under the lock, send after it",
                waiting(false),
            )
            .shade(15.0, 15.0 + pause, "reader pauses");
        Figure {
            caption: format!(
                "One reader stands still for {}, and {} goroutines with it: they need nothing of the reader, only the lock. Had the reader needed the lock as well, nobody would ever move again.",
                time(pause),
                grouped(most),
            ),
            plots: vec![plot],
            accounts: Vec::new(),
        }
    },
};
