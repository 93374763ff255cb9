//! A queue and the workers behind it, event by event.
//!
//! Callers come, wait for room, queue, are worked on and leave; they may lose patience, be
//! turned away, and try again. Time is whole microseconds, so that events have one order.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashMap, HashSet, VecDeque};

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

/// Moments that a run keeps.
const SAMPLES: usize = 200;
/// A run ends early after this many events, whatever the numbers are.
const MOST_EVENTS: usize = 2_000_000;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Event {
    Comes(Job),
    Next,
    Sends(Job),
    Done(u64),
    Leaves(u64),
    Sample,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Job {
    id: u64,
    came: u64,
    attempt: u32,
}

struct Simulation<'a> {
    station: &'a Station,
    load: &'a Load,
    random: fastrand::Rng,
    events: BinaryHeap<Reverse<(u64, u64, Event)>>,
    order: u64,
    now: u64,
    ids: u64,
    queue: VecDeque<Job>,
    door: VecDeque<Job>,
    serving: HashMap<u64, Job>,
    /// Everyone in the queue (`true`) or at the door.
    waiting: HashMap<u64, (Job, bool)>,
    /// Those who left the queue or the door before their turn.
    gone: HashSet<u64>,
    /// Those who left while their work went on.
    unwanted: HashSet<u64>,
    gone_from_queue: usize,
    gone_from_door: usize,
    /// Those who have looked and not sent yet.
    between: usize,
    area: f64,
    time_inside: f64,
    left_inside: u64,
    changed: u64,
    run: Run,
}

fn micros(seconds: f64) -> u64 {
    // Bounded, so that hostile parameters cannot overflow.
    (seconds.clamp(0.0, 1e9) * 1e6).round() as u64
}

fn seconds(micros: u64) -> f64 {
    micros as f64 / 1e6
}

/// Runs a station under a load. The same numbers and seed give the same run.
pub fn run(station: &Station, load: &Load, seed: u64) -> Run {
    let mut simulation = Simulation {
        station,
        load,
        random: fastrand::Rng::with_seed(seed),
        events: BinaryHeap::new(),
        order: 0,
        now: 0,
        ids: 0,
        queue: VecDeque::new(),
        door: VecDeque::new(),
        serving: HashMap::new(),
        waiting: HashMap::new(),
        gone: HashSet::new(),
        unwanted: HashSet::new(),
        gone_from_queue: 0,
        gone_from_door: 0,
        between: 0,
        area: 0.0,
        time_inside: 0.0,
        left_inside: 0,
        changed: 0,
        run: Run::default(),
    };
    simulation.go();
    simulation.finish()
}

impl Simulation<'_> {
    fn go(&mut self) {
        let end = micros(self.load.seconds);
        let first = self.gap();
        self.plan(first, Event::Next);
        self.plan(0, Event::Sample);
        let mut events = 0;
        while let Some(Reverse((at, _, event))) = self.events.pop() {
            events += 1;
            if at > end || events > MOST_EVENTS {
                break;
            }
            self.area += (at - self.changed) as f64 * self.inside() as f64;
            self.changed = at;
            self.now = at;
            match event {
                Event::Next => self.next(),
                Event::Comes(job) => self.comes(job),
                Event::Sends(job) => self.sends(job),
                Event::Done(id) => self.done(id),
                Event::Leaves(id) => self.leaves(id),
                Event::Sample => self.sample(end),
            }
        }
    }

    fn plan(&mut self, after: u64, event: Event) {
        self.order += 1;
        self.events
            .push(Reverse((self.now.saturating_add(after), self.order, event)));
    }

    fn inside(&self) -> usize {
        self.queued() + self.blocked() + self.serving.len() + self.between
    }

    fn queued(&self) -> usize {
        self.queue.len() - self.gone_from_queue
    }

    fn blocked(&self) -> usize {
        self.door.len() - self.gone_from_door
    }

    fn enqueue(&mut self, job: Job) {
        self.queue.push_back(job);
        self.waiting.insert(job.id, (job, true));
    }

    fn stand(&mut self, job: Job) {
        self.door.push_back(job);
        self.waiting.insert(job.id, (job, false));
    }

    fn exponential(&mut self, mean: f64) -> f64 {
        -mean * (1.0 - self.random.f64()).ln()
    }

    /// Microseconds to the next arrival.
    fn gap(&mut self) -> u64 {
        let at = seconds(self.now);
        let surge = self
            .load
            .surge
            .filter(|surge| at >= surge.from && at < surge.to);
        let rate = surge.map_or(self.load.rate, |surge| surge.rate).max(1e-6);
        let gap = if self.load.random {
            self.exponential(1.0 / rate)
        } else {
            1.0 / rate
        };
        micros(gap).max(1)
    }

    fn next(&mut self) {
        let gap = self.gap();
        self.plan(gap, Event::Next);
        let job = Job {
            id: 0,
            came: 0,
            attempt: 1,
        };
        self.comes(job);
    }

    fn comes(&mut self, job: Job) {
        self.ids += 1;
        let job = Job {
            id: self.ids,
            came: self.now,
            attempt: job.attempt,
        };
        self.run.account.came += 1;
        if let Some(patience) = self.station.patience {
            self.plan(micros(patience), Event::Leaves(job.id));
        }
        if self.station.when_full == WhenFull::LookThenWait && self.has_room() {
            let gap = self.exponential(self.station.gap);
            self.between += 1;
            return self.plan(micros(gap), Event::Sends(job));
        }
        if let Some(job) = self.place(job) {
            self.refuse(job);
        }
    }

    fn has_room(&self) -> bool {
        self.serving.len() < self.station.workers || self.queued() < self.station.room
    }

    /// Gives a job to a worker or the queue; gives it back when there is no room.
    fn place(&mut self, job: Job) -> Option<Job> {
        if self.serving.len() < self.station.workers {
            self.start(job);
            return None;
        }
        if self.queued() < self.station.room {
            self.enqueue(job);
            return None;
        }
        Some(job)
    }

    fn sends(&mut self, job: Job) {
        self.between -= 1;
        if let Some(job) = self.place(job) {
            self.stand(job);
        }
    }

    fn refuse(&mut self, job: Job) {
        match self.station.when_full {
            WhenFull::Reject | WhenFull::LookThenWait => {
                self.run.account.rejected += 1;
                self.forget(job);
                self.again(job);
            }
            WhenFull::Drop => {
                self.run.account.dropped += 1;
                self.forget(job);
            }
            WhenFull::DropOldest => {
                if let Some(oldest) = self.take() {
                    self.run.account.dropped += 1;
                    self.forget(oldest);
                    self.enqueue(job);
                } else {
                    self.run.account.dropped += 1;
                    self.forget(job);
                }
            }
            WhenFull::Wait => self.stand(job),
        }
    }

    fn start(&mut self, job: Job) {
        self.serving.insert(job.id, job);
        self.run
            .waits
            .push((seconds(self.now), seconds(self.now - job.came)));
        let mut takes = if self.station.random {
            self.exponential(self.station.service)
        } else {
            self.station.service
        };
        if let Some(cores) = self.station.cores {
            takes *= (self.serving.len() as f64 / cores).max(1.0);
        }
        self.plan(micros(takes).max(1), Event::Done(job.id));
    }

    /// The oldest in the queue who has not left.
    fn take(&mut self) -> Option<Job> {
        while let Some(job) = self.queue.pop_front() {
            if !self.gone.remove(&job.id) {
                self.waiting.remove(&job.id);
                return Some(job);
            }
            self.gone_from_queue -= 1;
        }
        None
    }

    fn let_in(&mut self) {
        while self.queued() < self.station.room {
            let Some(job) = self.door.pop_front() else {
                break;
            };
            if self.gone.remove(&job.id) {
                self.gone_from_door -= 1;
            } else {
                self.enqueue(job);
            }
        }
    }

    fn refill(&mut self) {
        self.let_in();
        while self.serving.len() < self.station.workers {
            let Some(job) = self.take() else { break };
            self.start(job);
            self.let_in();
        }
    }

    fn done(&mut self, id: u64) {
        // Work that was cancelled has left already.
        let Some(job) = self.serving.remove(&id) else {
            return;
        };
        let at = seconds(self.now);
        let fails = self
            .station
            .outage
            .is_some_and(|(from, to)| at >= from && at < to);
        if self.unwanted.remove(&id) {
            self.run.account.wasted += 1;
            self.forget(job);
        } else if fails {
            self.run.account.failed += 1;
            self.forget(job);
            self.again(job);
        } else {
            self.run.account.answered += 1;
            self.forget(job);
        }
        self.refill();
    }

    fn leaves(&mut self, id: u64) {
        if let Some(job) = self.serving.get(&id).copied() {
            if self.station.cancels {
                self.serving.remove(&id);
                self.run.account.left += 1;
                self.forget(job);
                self.refill();
            } else {
                self.unwanted.insert(id);
            }
            return self.again(job);
        }
        let Some(&(job, in_queue)) = self.waiting.get(&id) else {
            return;
        };
        if self.station.cancels {
            self.waiting.remove(&id);
            self.gone.insert(id);
            if in_queue {
                self.gone_from_queue += 1;
            } else {
                self.gone_from_door += 1;
            }
            self.run.account.left += 1;
            self.forget(job);
            self.let_in();
        } else {
            self.unwanted.insert(id);
        }
        self.again(job);
    }

    /// A caller's time inside is over.
    fn forget(&mut self, job: Job) {
        self.time_inside += seconds(self.now - job.came);
        self.left_inside += 1;
    }

    fn again(&mut self, job: Job) {
        let Some(retry) = self.station.retry else {
            return;
        };
        if job.attempt >= retry.attempts {
            return;
        }
        let power = i32::try_from(job.attempt - 1).unwrap_or(i32::MAX);
        let full = (retry.base * retry.growth.powi(power)).min(retry.cap);
        let pause = if retry.jitter {
            full * self.random.f64()
        } else {
            full
        };
        let next = Job {
            attempt: job.attempt + 1,
            ..job
        };
        self.plan(micros(pause).max(1), Event::Comes(next));
    }

    fn sample(&mut self, end: u64) {
        self.plan((end / SAMPLES as u64).max(1), Event::Sample);
        let account = &self.run.account;
        let sample = Sample {
            at: seconds(self.now),
            queued: self.queued(),
            blocked: self.blocked(),
            serving: self.serving.len(),
            came: account.came,
            answered: account.answered,
            lost: account.rejected + account.dropped + account.left + account.failed,
        };
        self.run.samples.push(sample);
    }

    fn finish(mut self) -> Run {
        self.run.account.inside = self.inside() as u64;
        self.run.mean_inside = self.area / (self.changed.max(1)) as f64;
        self.run.mean_time = self.time_inside / (self.left_inside.max(1)) as f64;
        self.run
    }
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
