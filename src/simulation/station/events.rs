//! How a run of a station goes, event by event. Time is whole microseconds, so that events have
//! one order.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashMap, HashSet, VecDeque};

use super::{Load, Run, Sample, Station, WhenFull};

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

pub(super) struct Simulation<'a> {
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

impl<'a> Simulation<'a> {
    /// An empty station at the beginning of time.
    pub(super) fn new(station: &'a Station, load: &'a Load, seed: u64) -> Simulation<'a> {
        Simulation {
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
        }
    }

    /// Lets time pass until the end of the load.
    pub(super) fn run(mut self) -> Run {
        self.go();
        self.finish()
    }
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
