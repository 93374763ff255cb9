//! Ways to stop: what is lost, what never ends, what crashes.

use super::super::figure::{Figure, Plot, Role};
use super::super::station::{Load, Station, run};
use super::{Model, account, grouped, number, time};

/// Answers a second of a service that is deployed anew, with or without a crash in the stop.
fn deploy(values: &[f64], who: &str, good: &str) -> Figure {
    let (rate, every, restart) = (values[0], values[1], values[2]);
    let (job, chance) = (values[3] / 1e3, values[4] / 100.0);
    let in_flight = rate * job;
    let mut random = fastrand::Rng::with_seed(5);
    let step = 0.5;
    let mut down_until = 0.0;
    let mut lost = 0.0;
    let mut crashes = 0;
    let (mut bug, mut losses) = (Vec::new(), Vec::new());
    let mut next = every;
    for at in 0..240 {
        let now = f64::from(at) * step;
        if now >= next {
            next += every;
            if random.f64() < chance {
                crashes += 1;
                lost += in_flight;
                down_until = now + restart;
            }
        }
        let up = now >= down_until;
        if !up {
            lost += rate * step;
        }
        bug.push((now, if up { rate } else { 0.0 }));
        losses.push((now, lost));
    }
    let flat = |value: f64| bug.iter().map(|point| (point.0, value)).collect::<Vec<_>>();
    let answers = Plot::new("answers a second, over some stops", "/s")
        .curve(Role::Fix, good, flat(rate))
        .curve(Role::Bug, who, bug.clone());
    let losses = Plot::new("requests lost so far", "requests")
        .curve(Role::Fix, good, flat(0.0))
        .curve(Role::Bug, who, losses);
    Figure {
        caption: format!(
            "The panic takes the process with it: each of the {crashes} crashes loses what is in flight and {} of service. {} requests in two minutes.",
            time(restart),
            grouped(lost),
        ),
        plots: vec![answers, losses],
        accounts: Vec::new(),
    }
}

const DEPLOYS: &[super::Parameter] = &[
    number("rate", "requests", "/s", (10.0, 2000.0, 10.0), 300.0),
    number("every", "a stop each", "s", (5.0, 60.0, 5.0), 20.0),
    number(
        "restart",
        "to be up again takes",
        "s",
        (0.5, 15.0, 0.5),
        4.0,
    ),
    number("job", "time per request", "ms", (1.0, 2000.0, 1.0), 200.0),
    number(
        "chance",
        "stops that meet the race",
        "%",
        (0.0, 100.0, 5.0),
        60.0,
    ),
];

pub(super) static DOUBLE_CLOSE: Model = Model {
    code: "BP05",
    scene: "A part of the service is stopped again and again. Sometimes two ways to stop meet.",
    parameters: DEPLOYS,
    draw: |values| deploy(values, "closed twice", "closed once"),
};

pub(super) static SEND_AFTER_CLOSE: Model = Model {
    code: "BP10",
    scene: "A pool is shut down while requests come. Sometimes one sends just after the close.",
    parameters: DEPLOYS,
    draw: |values| {
        deploy(
            values,
            "sends on a closed channel",
            "data channel never closed",
        )
    },
};

pub(super) static RECEIVER_CLOSES: Model = Model {
    code: "BP13",
    scene: "A consumer closes the channel when it has enough. Sometimes a producer is not done.",
    parameters: DEPLOYS,
    draw: |values| deploy(values, "consumer closes", "producer closes"),
};

/// A stop at second ten of a service with work in it.
fn work_at_stop(values: &[f64]) -> (Station, Load) {
    let station = Station {
        room: 5000,
        ..Station::new(values[1] as usize, values[2] / 1e3)
    };
    let load = Load {
        rate: values[0],
        surge: None,
        random: true,
        seconds: 10.0,
    };
    (station, load)
}

const STOP: f64 = 10.0;

/// What is left to do after the stop, when nothing new comes.
fn draining(left: f64, per_second: f64, until: f64) -> Vec<(f64, f64)> {
    (0..200)
        .map(|at| {
            let now = f64::from(at) * until / 200.0;
            (STOP + now, (left - per_second * now).max(0.0))
        })
        .collect()
}

pub(super) static UNCANCELLABLE: Model = Model {
    code: "BP09",
    scene: "A service is told to stop with work in its queue. Its workers hear it, or they do not.",
    parameters: &[
        number("rate", "jobs", "/s", (10.0, 500.0, 10.0), 110.0),
        number("workers", "workers", "", (1.0, 32.0, 1.0), 4.0),
        number("job", "time per job", "ms", (5.0, 1000.0, 5.0), 50.0),
        number("grace", "killed after", "s", (5.0, 60.0, 5.0), 30.0),
    ],
    draw: |values| {
        let (station, load) = work_at_stop(values);
        let before = run(&station, &load, 9);
        let left = before.account.inside as f64;
        let grace = values[3];
        let workers = values[1];
        let until = grace + 5.0;
        let alive = |ends: f64| -> Vec<(f64, f64)> {
            (0..200)
                .map(|at| {
                    let now = f64::from(at) * until / 200.0;
                    (STOP + now, if now < ends { workers } else { 0.0 })
                })
                .collect()
        };
        let per_second = workers / (values[2] / 1e3);
        let drained = (left / per_second + values[2] / 1e3).min(grace);
        let plot = Plot::new("workers still there after the stop", "workers")
            .curve(Role::Bug, "nothing ends them", alive(grace))
            .curve(
                Role::Fix,
                "end when the queue is closed and drained",
                alive(drained),
            )
            .mark("all", workers);
        Figure {
            caption: format!(
                "With {} jobs inside, the workers that hear the stop are done after {}. The others wait on an empty queue until the process is killed {} after the stop, in the middle of whatever they do then.",
                grouped(left),
                time(drained),
                time(grace),
            ),
            plots: vec![plot],
            accounts: vec![account("before the stop", &before)],
        }
    },
};

pub(super) static SLEEP_DRAIN: Model = Model {
    code: "BP16",
    scene: "A stop that sleeps, and a stop that waits until the work is done or a deadline passes.",
    parameters: &[
        number(
            "rate",
            "jobs before the stop",
            "/s",
            (10.0, 500.0, 10.0),
            120.0,
        ),
        number("workers", "workers", "", (1.0, 32.0, 1.0), 4.0),
        number("job", "time per job", "ms", (5.0, 1000.0, 5.0), 50.0),
        number("sleep", "the sleep", "s", (0.5, 30.0, 0.5), 2.0),
    ],
    draw: |values| {
        let (station, load) = work_at_stop(values);
        let before = run(&station, &load, 16);
        let left = before.account.inside as f64;
        let per_second = values[1] / (values[2] / 1e3);
        let needs = left / per_second;
        let until = (needs.max(values[3]) * 1.3).max(1.0);
        let whole = draining(left, per_second, until);
        let cut: Vec<(f64, f64)> = whole
            .iter()
            .map(|&(at, jobs)| (at, if at - STOP < values[3] { jobs } else { 0.0 }))
            .collect();
        let lost = (left - per_second * values[3]).max(0.0);
        let plot = Plot::new("jobs inside after the stop", "jobs")
            .curve(Role::Fix, "waits for the work", whole)
            .curve(Role::Bug, "sleeps", cut)
            .shade(STOP, STOP + values[3], "the sleep");
        let caption = if lost >= 1.0 {
            format!(
                "{} jobs are inside when the stop comes and need {}. After the sleep of {} the process ends, and {} jobs with it.",
                grouped(left),
                time(needs),
                time(values[3]),
                grouped(lost),
            )
        } else {
            format!(
                "{} jobs are inside and need {}. The sleep lasts {}: nothing is lost, and the rest of it is waited for nothing, at each stop.",
                grouped(left),
                time(needs),
                time(values[3]),
            )
        };
        Figure {
            caption,
            plots: vec![plot],
            accounts: vec![account("before the stop", &before)],
        }
    },
};
