//! One model for each class, in the order of the codes.

mod handlers;
pub mod objective;
mod queues;
mod retries;
mod shutdown;

use super::figure::{Account, Figure, Plot, Role};
use super::station::{Load, Run, Sample, Surge};

/// A number that a reader may change.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Parameter {
    /// Its name in an address.
    pub name: &'static str,
    /// Its name on the page.
    pub label: &'static str,
    /// Its unit; empty for plain numbers.
    pub unit: &'static str,
    /// The smallest value.
    pub least: f64,
    /// The largest value.
    pub most: f64,
    /// The distance between two values.
    pub step: f64,
    /// The value to begin with.
    pub start: f64,
}

/// A class's simulation.
pub struct Model {
    /// `BP06`.
    pub code: &'static str,
    /// What is simulated, a full sentence.
    pub scene: &'static str,
    /// The numbers that may be changed.
    pub parameters: &'static [Parameter],
    /// The picture for these values, one for each parameter.
    draw: fn(&[f64]) -> Figure,
}

impl Model {
    /// The picture for these values. Missing ones begin as they are, others are brought into
    /// their range.
    pub fn draw(&self, values: &[f64]) -> Figure {
        let values: Vec<f64> = self
            .parameters
            .iter()
            .enumerate()
            .map(|(at, parameter)| parameter.bounded(values.get(at).copied()))
            .collect();
        (self.draw)(&values)
    }
}

impl Parameter {
    /// A value in the range; the one to begin with when there is none or it is no number.
    pub fn bounded(&self, value: Option<f64>) -> f64 {
        match value {
            Some(value) if value.is_finite() => value.clamp(self.least, self.most),
            _ => self.start,
        }
    }
}

/// Every model.
pub static ALL: &[&Model] = &[
    &queues::UNBOUNDED,
    &queues::HUGE,
    &handlers::SPAWN,
    &handlers::FORGOTTEN_CLOSE,
    &shutdown::DOUBLE_CLOSE,
    &handlers::BLOCKING_SEND,
    &queues::SILENT_DROP,
    &queues::CHECK_THEN_SEND,
    &shutdown::UNCANCELLABLE,
    &shutdown::SEND_AFTER_CLOSE,
    &retries::STORM,
    &handlers::PERMIT,
    &shutdown::RECEIVER_CLOSES,
    &queues::OVERFLOW_SPAWN,
    &retries::HEDGING,
    &shutdown::SLEEP_DRAIN,
    &queues::DROP_OLDEST,
    &retries::LIMITER,
    &objective::OBJECTIVE,
    &handlers::DETACHED,
    &queues::COUNTER,
    &handlers::ABANDONED,
    &handlers::LOCK,
];

/// The model of a class.
pub fn by_code(code: &str) -> Option<&'static Model> {
    ALL.iter().copied().find(|model| model.code == code)
}

const fn number(
    name: &'static str,
    label: &'static str,
    unit: &'static str,
    (least, most, step): (f64, f64, f64),
    start: f64,
) -> Parameter {
    Parameter {
        name,
        label,
        unit,
        least,
        most,
        step,
        start,
    }
}

/// A minute with a surge in the middle third.
fn minute(rate: f64, surge: f64) -> Load {
    Load {
        rate,
        surge: Some(Surge {
            from: 15.0,
            to: 35.0,
            rate: surge,
        }),
        random: true,
        seconds: 60.0,
    }
}

const SURGE: (f64, f64) = (15.0, 35.0);

/// Shades the surge of [`minute`].
fn surge(plot: Plot) -> Plot {
    plot.shade(SURGE.0, SURGE.1, "surge")
}

/// A run with the bug and one with its fix, by their names in the legend.
struct Both<'a> {
    bug: (&'a str, &'a Run),
    fix: (&'a str, &'a Run),
}

impl Both<'_> {
    fn plot(&self, title: &str, unit: &str, points: impl Fn(&Run) -> Vec<(f64, f64)>) -> Plot {
        Plot::new(title, unit)
            .curve(Role::Bug, self.bug.0, points(self.bug.1))
            .curve(Role::Fix, self.fix.0, points(self.fix.1))
    }

    /// A value of every moment.
    fn over_time(&self, title: &str, unit: &str, value: impl Fn(&Sample) -> f64) -> Plot {
        self.plot(title, unit, |run| run.over_time(&value))
    }

    /// How fast something grows.
    fn rate(&self, title: &str, unit: &str, value: impl Fn(&Sample) -> u64) -> Plot {
        self.plot(title, unit, |run| run.rate(&value))
    }

    /// How long jobs wait.
    fn waits(&self) -> Plot {
        self.plot("wait before the work begins", "s", Run::waits_over_time)
    }
}

fn account(label: &str, run: &Run) -> Account {
    Account {
        label: label.to_owned(),
        ..run.account.clone()
    }
}

/// Big numbers as people read them: `12,400`.
pub(super) fn grouped(value: f64) -> String {
    let digits = format!("{:.0}", value.max(0.0));
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// A time as people read it: `350 ms`, `2.5 s`, `4 min`.
pub(super) fn time(seconds: f64) -> String {
    match seconds {
        s if s < 0.0995 => format!("{:.1} ms", s * 1e3),
        s if s < 0.9995 => format!("{:.0} ms", s * 1e3),
        s if s < 100.0 => format!("{s:.1} s"),
        s if s < 7200.0 => format!("{:.0} min", s / 60.0),
        s => format!("{:.1} h", s / 3600.0),
    }
}
