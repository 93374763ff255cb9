//! Queues: how long they get, what they hold, what they lose.

use super::super::figure::{Figure, Plot, Role};
use super::super::station::{Run, Station, WhenFull, run};
use super::{Both, Model, Parameter, SURGE, account, grouped, minute, number, surge, time};

const RATE: Parameter = number(
    "rate",
    "requests before the surge",
    "/s",
    (10.0, 400.0, 10.0),
    200.0,
);
const PEAK: Parameter = number(
    "peak",
    "requests in the surge",
    "/s",
    (50.0, 1500.0, 50.0),
    600.0,
);
const WORKERS: Parameter = number("workers", "workers", "", (1.0, 32.0, 1.0), 4.0);
const JOB: Parameter = number("job", "time per job", "ms", (1.0, 100.0, 1.0), 14.0);
const ROOM: Parameter = number(
    "room",
    "room in the bounded queue",
    "",
    (0.0, 1000.0, 10.0),
    100.0,
);

pub(super) fn bounded(base: Station, room: f64) -> Station {
    Station {
        room: room as usize,
        when_full: WhenFull::Reject,
        ..base
    }
}

/// Two stations under the surge.
fn both(values: &[f64], bug: &Station, fix: &Station) -> (Run, Run) {
    let load = minute(values[0], values[1]);
    (run(bug, &load, 1), run(fix, &load, 1))
}

pub(super) static UNBOUNDED: Model = Model {
    code: "BP01",
    scene: "A surge meets a slice that anyone may append to, and a queue with a bound that answers \"full\".",
    parameters: &[
        RATE,
        PEAK,
        WORKERS,
        JOB,
        ROOM,
        number("item", "size of an item", "KB", (1.0, 500.0, 1.0), 64.0),
    ],
    draw: |values| {
        let slice = Station::new(values[2] as usize, values[3] / 1e3);
        let (bug, fix) = both(values, &slice, &bounded(slice, values[4]));
        let both = Both {
            bug: ("slice", &bug),
            fix: ("bounded", &fix),
        };
        let megabytes = values[5] / 1024.0;
        let length = surge(both.over_time("items in the queue", "items", |s| s.queued as f64));
        let memory = surge(both.over_time("memory held by queued items", "MB", |s| {
            s.queued as f64 * megabytes
        }));
        let most = bug.most(|s| s.queued) as f64;
        Figure {
            caption: format!(
                "The slice grows to {} items, {} MB. The bounded queue turns {} requests away, at once, and whoever gets in waits {} at most in 99 of 100 cases instead of {}.",
                grouped(most),
                grouped(most * megabytes),
                grouped(fix.account.rejected as f64),
                time(fix.wait_quantile(0.99)),
                time(bug.wait_quantile(0.99)),
            ),
            plots: vec![length, memory],
            accounts: vec![account("slice", &bug), account("bounded", &fix)],
        }
    },
};

pub(super) static HUGE: Model = Model {
    code: "BP02",
    scene: "A channel with a huge buffer and one with a small buffer, under the same surge.",
    parameters: &[
        RATE,
        PEAK,
        WORKERS,
        JOB,
        number(
            "slots",
            "slots of the huge buffer",
            "",
            (10_000.0, 10_000_000.0, 10_000.0),
            2_000_000.0,
        ),
        number(
            "item",
            "size of an element",
            "bytes",
            (8.0, 1024.0, 8.0),
            128.0,
        ),
    ],
    draw: |values| {
        let base = Station::new(values[2] as usize, values[3] / 1e3);
        let huge = bounded(base, values[4]);
        let small = bounded(base, 100.0);
        let (bug, fix) = both(values, &huge, &small);
        let both = Both {
            bug: ("huge", &bug),
            fix: ("100 slots", &fix),
        };
        let mb = |slots: f64| slots * values[5] / (1024.0 * 1024.0);
        let flat = |run: &Run, slots: f64| run.over_time(|_| mb(slots));
        let memory = surge(Plot::new("memory of the buffer itself", "MB"))
            .curve(Role::Bug, "huge", flat(&bug, values[4]))
            .curve(Role::Fix, "100 slots", flat(&fix, 100.0));
        let wait = surge(both.waits());
        Figure {
            caption: format!(
                "The huge buffer takes {} MB when it is made, before the first event. It never says \"full\": one job in a hundred waits longer than {}, against {} behind 100 slots, which turned {} away.",
                grouped(mb(values[4])),
                time(bug.wait_quantile(0.99)),
                time(fix.wait_quantile(0.99)),
                grouped(fix.account.rejected as f64),
            ),
            plots: vec![wait, memory],
            accounts: vec![account("huge", &bug), account("100 slots", &fix)],
        }
    },
};

pub(super) static SILENT_DROP: Model = Model {
    code: "BP07",
    scene: "A full queue drops. One version says nothing, the other counts.",
    parameters: &[RATE, PEAK, WORKERS, JOB, ROOM],
    draw: |values| {
        let station = Station {
            room: values[4] as usize,
            when_full: WhenFull::Drop,
            ..Station::new(values[2] as usize, values[3] / 1e3)
        };
        let lost = run(&station, &minute(values[0], values[1]), 1);
        let plot = surge(Plot::new(
            "events lost, and what the operator sees of it",
            "events",
        ))
        .curve(Role::Other, "lost", lost.over_time(|s| s.lost as f64))
        .curve(Role::Bug, "seen: nothing counts", lost.over_time(|_| 0.0))
        // A counter is read every fifteen seconds, as monitoring does.
        .curve(
            Role::Fix,
            "seen: counter, read each 15 s",
            stepped(&lost, 15.0),
        );
        Figure {
            caption: format!(
                "{} of {} events are thrown away in both versions. Only one of them can tell you.",
                grouped(lost.account.dropped as f64),
                grouped(lost.account.came as f64),
            ),
            plots: vec![plot],
            accounts: vec![account("both", &lost)],
        }
    },
};

/// The losses as somebody sees them who looks every so many seconds.
fn stepped(run: &Run, every: f64) -> Vec<(f64, f64)> {
    let mut seen = 0.0;
    let mut next = every;
    run.over_time(|s| s.lost as f64)
        .into_iter()
        .map(|(at, lost)| {
            if at >= next {
                seen = lost;
                next += every;
            }
            (at, seen)
        })
        .collect()
}

pub(super) static CHECK_THEN_SEND: Model = Model {
    code: "BP08",
    scene: "Callers look whether there is room and then send; or they try to send and are told.",
    parameters: &[
        RATE,
        PEAK,
        WORKERS,
        JOB,
        ROOM,
        number(
            "gap",
            "time between look and send",
            "ms",
            (0.0, 50.0, 1.0),
            10.0,
        ),
    ],
    draw: |values| {
        let base = Station::new(values[2] as usize, values[3] / 1e3);
        let race = Station {
            room: values[4] as usize,
            when_full: WhenFull::LookThenWait,
            gap: values[5] / 1e3,
            ..base
        };
        let (bug, fix) = both(values, &race, &bounded(base, values[4]));
        let both = Both {
            bug: ("look, then send", &bug),
            fix: ("try to send", &fix),
        };
        let plot = surge(both.over_time(
            "callers stuck in a send that \"cannot block\"",
            "callers",
            |s| s.blocked as f64,
        ));
        Figure {
            caption: format!(
                "Up to {} callers at once saw room and found none when they sent: they hang. The gap is made long here so that it shows; a preempted goroutine has it just so long. The try hangs nobody: {} are told \"full\" and can act on it.",
                grouped(bug.most(|s| s.blocked) as f64),
                grouped(fix.account.rejected as f64),
            ),
            plots: vec![plot],
            accounts: vec![
                account("look, then send", &bug),
                account("try to send", &fix),
            ],
        }
    },
};

pub(super) static OVERFLOW_SPAWN: Model = Model {
    code: "BP14",
    scene: "A full queue starts a goroutine that waits to send; or it says \"full\".",
    parameters: &[RATE, PEAK, WORKERS, JOB, ROOM],
    draw: |values| {
        let base = Station::new(values[2] as usize, values[3] / 1e3);
        let spawn = Station {
            room: values[4] as usize,
            when_full: WhenFull::Wait,
            ..base
        };
        let (bug, fix) = both(values, &spawn, &bounded(base, values[4]));
        let both = Both {
            bug: ("spawn on overflow", &bug),
            fix: ("reject", &fix),
        };
        let plot = surge(both.over_time(
            "goroutines that hold an item which has no room",
            "goroutines",
            |s| s.blocked as f64,
        ));
        let wait = surge(both.waits());
        Figure {
            caption: format!(
                "The queue has room for {}, and {} goroutines stand behind it: the bound is gone. The version that rejects turned {} away.",
                grouped(values[4]),
                grouped(bug.most(|s| s.blocked) as f64),
                grouped(fix.account.rejected as f64),
            ),
            plots: vec![plot, wait],
            accounts: vec![account("spawn", &bug), account("reject", &fix)],
        }
    },
};

pub(super) static DROP_OLDEST: Model = Model {
    code: "BP17",
    scene: "Several producers push into a full queue: take one out, then send into the room that was made.",
    parameters: &[
        number("producers", "producers at once", "", (1.0, 64.0, 1.0), 16.0),
        number(
            "pace",
            "steps between two takes of the consumer",
            "",
            (1.0, 200.0, 1.0),
            40.0,
        ),
    ],
    draw: |values| {
        let producers = values[0] as usize;
        let hanging = hanging(producers, values[1] as usize);
        let locked = hanging.iter().map(|point| (point.0, 0.0)).collect();
        let most = hanging.iter().map(|point| point.1).fold(0.0, f64::max);
        let total: f64 = hanging.iter().map(|point| point.1).sum();
        let mean = total / hanging.len().max(1) as f64;
        let plot = Plot::new(
            "producers that hang in a push which \"never blocks\"",
            "producers",
        )
        .curve(Role::Bug, "take one, then send", hanging)
        .curve(Role::Fix, "one lock around both", locked);
        Figure {
            caption: if producers == 1 {
                "A single producer always finds the room that it has made: with one, this is no bug.".to_owned()
            } else {
                format!(
                    "Of {producers} producers {mean:.1} hang on average and {most:.0} at worst: another one sends into the room that they have made. They move when the consumer takes one, or when another makes room, who then hangs instead."
                )
            },
            plots: vec![plot],
            accounts: Vec::new(),
        }
    },
};

/// How many producers hang, step by step. A step is one try, take or send of one of them.
fn hanging(producers: usize, pace: usize) -> Vec<(f64, f64)> {
    #[derive(Clone, Copy, PartialEq)]
    enum At {
        Try,
        Take,
        Send,
        Hangs,
    }
    const ROOM: usize = 8;
    const STEPS: usize = 4000;
    let mut random = fastrand::Rng::with_seed(17);
    let mut length = ROOM;
    let mut states = vec![At::Try; producers.max(1)];
    let mut points = Vec::new();
    for step in 0..STEPS {
        if step % pace.max(1) == 0 {
            length = length.saturating_sub(1);
        }
        let turn = random.usize(..states.len());
        let state = &mut states[turn];
        let has_room = length < ROOM;
        *state = match *state {
            At::Take => {
                length = length.saturating_sub(1);
                At::Send
            }
            At::Try if !has_room => At::Take,
            At::Send | At::Hangs if !has_room => At::Hangs,
            At::Try | At::Send | At::Hangs => {
                length += 1;
                At::Try
            }
        };
        if step % 10 == 0 {
            let hang = states.iter().filter(|state| **state == At::Hangs).count();
            points.push((step as f64, hang as f64));
        }
    }
    points
}

pub(super) static COUNTER: Model = Model {
    code: "BP21",
    scene: "Both versions count what they drop. Only one of the counters is read by anything.",
    parameters: &[
        RATE,
        PEAK,
        WORKERS,
        JOB,
        ROOM,
        number("alarm", "alarm at", "drops", (10.0, 5000.0, 10.0), 500.0),
    ],
    draw: |values| {
        let station = Station {
            room: values[4] as usize,
            when_full: WhenFull::Drop,
            ..Station::new(values[2] as usize, values[3] / 1e3)
        };
        let lost = run(&station, &minute(values[0], values[1]), 1);
        let alarm = lost
            .samples
            .iter()
            .find(|sample| sample.lost as f64 >= values[5])
            .map(|sample| sample.at);
        let plot = surge(Plot::new("the counter, and what reaches a person", "drops"))
            .curve(
                Role::Other,
                "the counter in memory",
                lost.over_time(|s| s.lost as f64),
            )
            .curve(Role::Bug, "seen: nobody reads it", lost.over_time(|_| 0.0))
            .curve(
                Role::Fix,
                "seen: exported, read each 5 s",
                stepped(&lost, 5.0),
            )
            .mark("alarm", values[5]);
        Figure {
            caption: match alarm {
                Some(at) => format!(
                    "The exported counter passes the alarm {} after the surge begins. The other holds the same number, {}, and is lost with the process.",
                    time((at - SURGE.0).max(0.0)),
                    grouped(lost.account.dropped as f64),
                ),
                None => format!(
                    "Nothing passes the alarm: {} drops. Lower it, or let more come.",
                    grouped(lost.account.dropped as f64)
                ),
            },
            plots: vec![plot],
            accounts: vec![account("both", &lost)],
        }
    },
};
