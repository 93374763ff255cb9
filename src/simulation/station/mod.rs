//! A queue and the workers behind it, event by event.
//!
//! Callers come, wait for room, queue, are worked on and leave; they may lose patience, be
//! turned away, and try again. Here stands what goes in and what comes out; `events` is how.

mod events;

use super::figure::Account;

/// No bound.
pub const UNLIMITED: usize = usize::MAX;

/// A part of the time with another rate.
#[derive(Clone, Copy, Debug)]
pub struct Surge {
    /// From which second.
    pub from: f64,
    /// To which second.
    pub to: f64,
    /// How many come a second in it.
    pub rate: f64,
}

/// Who comes.
#[derive(Clone, Copy, Debug)]
pub struct Load {
    /// How many come a second.
    pub rate: f64,
    /// A part of the time with another rate.
    pub surge: Option<Surge>,
    /// Whether they come at random (Poisson) or in step.
    pub random: bool,
    /// How long the run is, in seconds.
    pub seconds: f64,
}

/// What happens to who finds no room.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WhenFull {
    /// Is told so.
    Reject,
    /// Is thrown away and not told.
    Drop,
    /// The oldest in the queue is thrown away instead.
    DropOldest,
    /// Waits at the door.
    Wait,
    /// Is told so when it looks; who saw room sends after [`Station::gap`] and waits at the door
    /// if the room has gone meanwhile.
    LookThenWait,
}

/// Trying again after a failure, a rejection or lost patience.
#[derive(Clone, Copy, Debug)]
pub struct Retry {
    /// The first pause, in seconds.
    pub base: f64,
    /// By how much the pause grows each time.
    pub growth: f64,
    /// The longest pause.
    pub cap: f64,
    /// Whether the pause is drawn at random between nothing and its full length.
    pub jitter: bool,
    /// How many attempts in all.
    pub attempts: u32,
}

/// A queue and its workers.
#[derive(Clone, Copy, Debug)]
pub struct Station {
    /// How many are worked on at once.
    pub workers: usize,
    /// With more than this many at once, each takes longer in proportion.
    pub cores: Option<f64>,
    /// Time per job in seconds.
    pub service: f64,
    /// Whether that time varies (exponential) or is constant.
    pub random: bool,
    /// How many may queue.
    pub room: usize,
    /// What happens to who finds no room.
    pub when_full: WhenFull,
    /// The mean time in seconds between a look and the send that follows it.
    pub gap: f64,
    /// How long a caller waits for an answer.
    pub patience: Option<f64>,
    /// Whether work ends when its caller has left.
    pub cancels: bool,
    /// Seconds in which each job fails.
    pub outage: Option<(f64, f64)>,
    /// Trying again.
    pub retry: Option<Retry>,
}

impl Station {
    /// Workers behind an unbounded queue; the rest is changed by struct update.
    pub fn new(workers: usize, service: f64) -> Station {
        Station {
            workers,
            cores: None,
            service,
            random: true,
            room: UNLIMITED,
            when_full: WhenFull::Reject,
            gap: 0.0,
            patience: None,
            cancels: false,
            outage: None,
            retry: None,
        }
    }
}

/// How things stand at a moment.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Sample {
    /// The second.
    pub at: f64,
    /// In the queue.
    pub queued: usize,
    /// Waiting at the door.
    pub blocked: usize,
    /// Worked on.
    pub serving: usize,
    /// Attempts so far.
    pub came: u64,
    /// Answered so far.
    pub answered: u64,
    /// Lost so far: rejected, dropped, failed, left.
    pub lost: u64,
}

impl Sample {
    /// Everyone inside.
    pub fn inside(&self) -> usize {
        self.queued + self.blocked + self.serving
    }
}

/// What happened.
#[derive(Clone, Debug, Default)]
pub struct Run {
    /// Moments at equal distances.
    pub samples: Vec<Sample>,
    /// When a job's work began, and how long it had waited, in seconds.
    pub waits: Vec<(f64, f64)>,
    /// Where everything went.
    pub account: Account,
    /// The mean number inside over the run.
    pub mean_inside: f64,
    /// The mean time inside of those who left, in seconds.
    pub mean_time: f64,
}

/// Runs a station under a load. The same numbers and seed give the same run.
pub fn run(station: &Station, load: &Load, seed: u64) -> Run {
    events::Simulation::new(station, load, seed).run()
}

impl Run {
    /// A value of every moment.
    pub fn over_time(&self, value: impl Fn(&Sample) -> f64) -> Vec<(f64, f64)> {
        let points = self.samples.iter();
        points.map(|sample| (sample.at, value(sample))).collect()
    }

    /// How fast something that only grows did so, a second, between moments.
    pub fn rate(&self, value: impl Fn(&Sample) -> u64) -> Vec<(f64, f64)> {
        let step = 4;
        self.samples
            .windows(step + 1)
            .step_by(2)
            .map(|pair| {
                let (from, to) = (&pair[0], &pair[step]);
                let grown = value(to).saturating_sub(value(from)) as f64;
                (to.at, grown / (to.at - from.at).max(1e-9))
            })
            .collect()
    }

    /// The waits of those whose work began, as points, thinned out for drawing.
    pub fn waits_over_time(&self) -> Vec<(f64, f64)> {
        let every = (self.waits.len() / 400).max(1);
        self.waits.iter().step_by(every).copied().collect()
    }

    /// The wait that this share of all started jobs does not exceed, in seconds.
    pub fn wait_quantile(&self, share: f64) -> f64 {
        let mut waits: Vec<f64> = self.waits.iter().map(|wait| wait.1).collect();
        waits.sort_by(f64::total_cmp);
        let last = waits.len().saturating_sub(1);
        let at = (last as f64 * share).round() as usize;
        waits.get(at).copied().unwrap_or(0.0)
    }

    /// The most of something at any moment.
    pub fn most(&self, value: impl Fn(&Sample) -> usize) -> usize {
        self.samples.iter().map(value).max().unwrap_or(0)
    }
}
