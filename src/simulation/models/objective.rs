//! BP19: how long a queue may be before its last item cannot meet the objective any more. The
//! page is a calculator, whose answer is [`sizing`].

use super::super::figure::{Figure, Plot, Role};
use super::super::station::{Run, Station, run};
use super::queues::bounded;
use super::{Model, account, grouped, minute, number, surge, time};

/// The calculator and its picture.
pub static OBJECTIVE: Model = Model {
    code: "BP19",
    scene: "A queue in front of workers, and an objective for the time to an answer.",
    parameters: &[
        number("slo", "objective", "ms", (10.0, 5000.0, 10.0), 200.0),
        number("job", "time per job", "ms", (1.0, 1000.0, 1.0), 100.0),
        number("workers", "workers", "", (1.0, 128.0, 1.0), 8.0),
        number(
            "room",
            "capacity of the queue",
            "",
            (1.0, 20_000.0, 1.0),
            10_000.0,
        ),
    ],
    draw: |values| {
        let (slo, job) = (values[0] / 1e3, values[1] / 1e3);
        let workers = values[2];
        let fitting = fitting_capacity(slo, job, workers);
        let base = Station {
            random: false,
            ..Station::new(workers as usize, job)
        };
        // A quarter more than can be done, so that any queue fills.
        let rate = 1.25 * workers / job;
        let load = minute(rate * 0.6, rate);
        let bug = run(&bounded(base, values[3]), &load, 1);
        let fix = run(&bounded(base, fitting), &load, 1);
        let answer = |run: &Run| {
            let points = run.waits_over_time().into_iter();
            points.map(|(at, wait)| (at, wait + job)).collect()
        };
        let plot = surge(Plot::new("time from arrival to answer", "s"))
            .curve(
                Role::Bug,
                &format!("room for {}", grouped(values[3])),
                answer(&bug),
            )
            .curve(
                Role::Fix,
                &format!("room for {}", grouped(fitting)),
                answer(&fix),
            )
            .mark(format!("objective {}", time(slo)), slo);
        Figure {
            caption: format!(
                "The last of {} in the queue waits {} before its work begins. Within the objective of {} there is room for {}: (objective - job) x workers / job, rounded down, and as many more are being worked on. Times per job that vary leave less.",
                grouped(values[3]),
                time(values[3] / workers * job),
                time(slo),
                grouped(fitting),
            ),
            plots: vec![plot],
            accounts: vec![account("as it is", &bug), account("as it fits", &fix)],
        }
    },
};

/// The longest queue whose last item still meets the objective.
pub fn fitting_capacity(slo: f64, job: f64, workers: f64) -> f64 {
    // A hair is added, since 0.2 - 0.1 is a little less than 0.1.
    ((slo - job) * workers / job + 1e-9).floor().max(0.0)
}

/// What the calculator answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sizing {
    /// The capacity that fits; nothing when a job alone takes longer than the objective.
    pub capacity: Option<u64>,
    /// How long the last item of the queue as it is waits for its answer.
    pub as_it_is: String,
    /// How long the last item waits when the capacity fits.
    pub as_it_fits: String,
    /// Whether the queue as it is meets the objective.
    pub is_met: bool,
}

/// The answer for the values of [`Model::parameters`]: objective and time per job in
/// milliseconds, workers, and the capacity as it is.
pub fn sizing(values: &[f64]) -> Sizing {
    let value = |at: usize| OBJECTIVE.parameters[at].bounded(values.get(at).copied());
    let (slo, job, workers, room) = (value(0) / 1e3, value(1) / 1e3, value(2), value(3));
    let fitting = fitting_capacity(slo, job, workers);
    let answer = |capacity: f64| capacity / workers * job + job;
    Sizing {
        capacity: (job <= slo).then_some(fitting as u64),
        as_it_is: time(answer(room)),
        as_it_fits: time(answer(fitting)),
        is_met: room <= fitting && job <= slo,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_capacity_that_fits_meets_the_objective_and_one_more_does_not() {
        for (slo, job, workers) in [(200.0, 100.0, 8.0), (1000.0, 3.0, 5.0), (50.0, 7.0, 3.0)] {
            let sizing = sizing(&[slo, job, workers, 10_000.0]);
            let capacity = sizing.capacity.unwrap() as f64;
            let last = |room: f64| room / workers * job + job;
            assert!(last(capacity) <= slo + 1e-6);
            assert!(last(capacity + 1.0) > slo);
            assert!(!sizing.is_met);
        }
        assert_eq!(sizing(&[200.0, 100.0, 8.0]).capacity, Some(8));
        assert!(sizing(&[200.0, 100.0, 8.0, 8.0]).is_met);
        assert_eq!(sizing(&[100.0, 200.0, 8.0]).capacity, None);
        assert_eq!(sizing(&[100.0, 100.0, 8.0]).capacity, Some(0));
    }
}
