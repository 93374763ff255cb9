//! Retries, hedges and limiters: when a cure makes the load.

use super::super::figure::{Figure, Plot, Role};
use super::super::station::{Load, Retry, Run, Station, run};
use super::{Both, Model, account, grouped, number, time};

const OUTAGE: (f64, f64) = (10.0, 20.0);

pub(super) static STORM: Model = Model {
    code: "BP11",
    scene: "A service fails for ten seconds. Its clients try again: at once and for ever, with growing pauses, with growing pauses drawn at random.",
    parameters: &[
        number("rate", "new calls", "/s", (5.0, 200.0, 5.0), 60.0),
        number("pause", "first pause", "ms", (5.0, 1000.0, 5.0), 100.0),
        number(
            "attempts",
            "attempts at most (with the fix)",
            "",
            (1.0, 10.0, 1.0),
            5.0,
        ),
        number(
            "workers",
            "workers of the service",
            "",
            (1.0, 32.0, 1.0),
            4.0,
        ),
        number("job", "time per call", "ms", (1.0, 100.0, 1.0), 25.0),
    ],
    draw: |values| {
        let load = Load {
            rate: values[0],
            surge: None,
            random: true,
            seconds: 40.0,
        };
        let base = values[1] / 1e3;
        let with = |growth: f64, jitter: bool, attempts: u32| {
            let station = Station {
                room: 50,
                outage: Some(OUTAGE),
                retry: Some(Retry {
                    base,
                    growth,
                    cap: 10.0,
                    jitter,
                    attempts,
                }),
                ..Station::new(values[3] as usize, values[4] / 1e3)
            };
            run(&station, &load, 11)
        };
        let naive = with(1.0, false, u32::MAX);
        let growing = with(2.0, false, values[2] as u32);
        let full = with(2.0, true, values[2] as u32);
        let plot = Plot::new("attempts a second", "/s")
            .curve(Role::Bug, "same pause, no end", naive.rate(|s| s.came))
            .curve(Role::Other, "growing pause", growing.rate(|s| s.came))
            .curve(
                Role::Fix,
                "growing pause with jitter",
                full.rate(|s| s.came),
            )
            .shade(OUTAGE.0, OUTAGE.1, "outage");
        let peak = |run: &Run| {
            let rates = run.rate(|s| s.came).into_iter();
            rates.map(|point| point.1).fold(0.0, f64::max)
        };
        Figure {
            caption: format!(
                "{} new calls a second become up to {} attempts with the same pause and no end, {} with growing pauses, {} with jitter. The storm outlives the outage: what comes back on its feet is hit by everyone who waited.",
                grouped(values[0]),
                grouped(peak(&naive)),
                grouped(peak(&growing)),
                grouped(peak(&full)),
            ),
            plots: vec![plot],
            accounts: vec![
                account("same pause, no end", &naive),
                account("growing", &growing),
                account("growing with jitter", &full),
            ],
        }
    },
};

pub(super) static HEDGING: Model = Model {
    code: "BP15",
    scene: "Every call to all replicas at once, or to a second one only when the first is slow.",
    parameters: &[
        number("rate", "calls", "/s", (10.0, 600.0, 10.0), 150.0),
        number("replicas", "replicas asked", "", (2.0, 8.0, 1.0), 3.0),
        number("job", "time per call", "ms", (1.0, 100.0, 1.0), 20.0),
        number("workers", "workers in all", "", (1.0, 64.0, 1.0), 8.0),
        number("late", "calls that are hedged", "%", (0.0, 50.0, 1.0), 5.0),
    ],
    draw: |values| {
        let station = Station {
            room: 2000,
            ..Station::new(values[3] as usize, values[2] / 1e3)
        };
        let with = |copies: f64| {
            let load = Load {
                rate: values[0] * copies,
                surge: None,
                random: true,
                seconds: 30.0,
            };
            run(&station, &load, 15)
        };
        let all = with(values[1]);
        let late = with(1.0 + values[4] / 100.0);
        let both = Both {
            bug: ("all at once", &all),
            fix: ("second after a delay", &late),
        };
        let capacity = values[3] / (values[2] / 1e3);
        let attempts = both
            .rate("calls that reach the replicas", "/s", |s| s.came)
            .mark(format!("they can do {}/s", grouped(capacity)), capacity);
        let waits = both.waits();
        Figure {
            caption: format!(
                "{} calls a second become {} when each goes to {} replicas, which can do {}. Half of them then wait longer than {}; with a hedge for the slowest {} % it is {}.",
                grouped(values[0]),
                grouped(values[0] * values[1]),
                values[1],
                grouped(capacity),
                time(all.wait_quantile(0.5)),
                values[4],
                time(late.wait_quantile(0.5)),
            ),
            plots: vec![attempts, waits],
            accounts: vec![account("all at once", &all), account("hedged", &late)],
        }
    },
};

pub(super) static LIMITER: Model = Model {
    code: "BP18",
    scene: "A limit that is halved on failure, and one that has a floor and grows again on success.",
    parameters: &[
        number(
            "limit",
            "limit at the beginning",
            "",
            (2.0, 256.0, 1.0),
            64.0,
        ),
        number("floor", "floor", "", (1.0, 32.0, 1.0), 4.0),
        number(
            "outage",
            "the service fails for",
            "s",
            (1.0, 20.0, 1.0),
            5.0,
        ),
        number("job", "time per call", "ms", (10.0, 500.0, 10.0), 100.0),
    ],
    draw: |values| {
        let outage = (15.0, 15.0 + values[2]);
        let job = values[3] / 1e3;
        let step = 0.5;
        let simulate = |floor: Option<f64>| {
            let mut limit = values[0];
            let mut limits = Vec::new();
            let mut answers = Vec::new();
            for at in 0..120 {
                let now = f64::from(at) * step;
                let fails = now >= outage.0 && now < outage.1;
                limits.push((now, limit));
                answers.push((now, if fails { 0.0 } else { limit / job }));
                match floor {
                    // Nothing is let in, so nothing is seen, so nothing changes.
                    _ if limit < 1.0 => {}
                    None if fails => limit = (limit / 2.0).floor(),
                    None => {}
                    Some(floor) if fails => limit = (limit / 2.0).floor().max(floor),
                    Some(_) => limit = (limit + 2.0).min(values[0]),
                }
            }
            (limits, answers)
        };
        let (bug, bug_answers) = simulate(None);
        let (fix, fix_answers) = simulate(Some(values[1].min(values[0])));
        let last = bug.last().map_or(0.0, |point| point.1);
        let limit = Plot::new("calls let in at once", "calls")
            .curve(Role::Bug, "halved", bug)
            .curve(Role::Fix, "halved to a floor, grows", fix)
            .shade(outage.0, outage.1, "outage");
        let answers = Plot::new("answers a second", "/s")
            .curve(Role::Bug, "halved", bug_answers)
            .curve(Role::Fix, "halved to a floor, grows", fix_answers)
            .shade(outage.0, outage.1, "outage");
        Figure {
            caption: if last < 1.0 {
                "The outage ends, the limiter does not: at zero it lets nothing in, sees no success, and never grows. Only a restart helps.".to_owned()
            } else {
                format!(
                    "After the outage the limit stays at {} of {}: nothing makes it grow.",
                    grouped(last),
                    grouped(values[0])
                )
            },
            plots: vec![limit, answers],
            accounts: Vec::new(),
        }
    },
};
