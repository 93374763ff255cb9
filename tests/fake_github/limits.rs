//! How often a caller may ask.

use std::collections::{BTreeMap, VecDeque};

/// The numbers, which a test may make smaller.
// source: docs.github.com, "Rate limits for the REST API", primary and secondary rate limits
#[derive(Clone, Copy, Debug)]
pub struct Numbers {
    /// Requests an hour.
    pub primary: usize,
    /// Requests at the same time.
    pub concurrent: usize,
    /// Points a minute: a reading request has 1, a writing one 5.
    pub points_a_minute: usize,
    /// Requests that create content.
    pub creating_a_minute: usize,
    pub creating_an_hour: usize,
    /// Whether a secondary limit says how long to wait; GitHub leaves that out at times.
    pub says_how_long: bool,
    /// For how many seconds a secondary limit holds.
    pub holds: i64,
}

impl Default for Numbers {
    fn default() -> Numbers {
        Numbers {
            primary: 5000,
            concurrent: 100,
            points_a_minute: 900,
            creating_a_minute: 80,
            creating_an_hour: 500,
            says_how_long: true,
            holds: 60,
        }
    }
}

const MINUTE: i64 = 60_000;
const HOUR: i64 = 3_600_000;

/// What one caller did.
#[derive(Clone, Debug, Default)]
pub struct Bucket {
    window: i64,
    pub used: usize,
    recent: VecDeque<(i64, usize)>,
    created: VecDeque<i64>,
    /// Until when the caller was told to wait.
    pub waits_until: Option<i64>,
    /// Requests that came all the same, and those after nothing was left of the hour's.
    pub during_retry_after: usize,
    /// Until when one waits who was not told how long.
    patient_until: i64,
    /// Requests that came within a minute after a limit that did not say how long.
    pub impatient: usize,
    last_write: Option<i64>,
    /// Writes that came less than a second after the one before.
    pub hasty_writes: usize,
    /// How often a limit was met.
    pub limited: usize,
}

#[derive(Clone, Debug, Default)]
pub struct Limits {
    pub numbers: Numbers,
    pub buckets: BTreeMap<String, Bucket>,
    pub in_flight: usize,
    pub most_in_flight: usize,
}

/// Which limit was met.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Limited {
    Primary,
    Secondary { seconds: i64, said: bool },
}

impl Limits {
    /// Counts a request, and says whether it is one too many.
    pub fn count(
        &mut self,
        caller: &str,
        writes: bool,
        creates: bool,
        now: i64,
    ) -> Option<Limited> {
        let (numbers, in_flight) = (self.numbers, self.in_flight);
        let bucket = self.buckets.entry(caller.to_owned()).or_default();
        if now >= bucket.window + HOUR {
            bucket.window = now;
            bucket.used = 0;
        }
        if let Some(until) = bucket.waits_until.filter(|until| now < *until) {
            bucket.during_retry_after += 1;
            return Some(Limited::Secondary {
                seconds: seconds(until - now),
                said: numbers.says_how_long,
            });
        }
        if now < bucket.patient_until {
            bucket.impatient += 1;
        }
        if bucket.used >= numbers.primary {
            // The first is told; whoever asks again before the hour is over was told before.
            bucket.during_retry_after += usize::from(bucket.used > numbers.primary);
            bucket.used += 1;
            bucket.limited += 1;
            return Some(Limited::Primary);
        }
        bucket.used += 1;
        bucket.recent.push_back((now, if writes { 5 } else { 1 }));
        bucket.recent.retain(|(at, _)| at + MINUTE > now);
        if writes {
            let hasty = bucket.last_write.is_some_and(|last| now < last + 1000);
            bucket.hasty_writes += usize::from(hasty);
            bucket.last_write = Some(now);
        }
        if creates {
            bucket.created.push_back(now);
            bucket.created.retain(|at| at + HOUR > now);
        }
        let points: usize = bucket.recent.iter().map(|(_, points)| points).sum();
        let in_a_minute = bucket
            .created
            .iter()
            .filter(|at| **at + MINUTE > now)
            .count();
        let too_many = in_flight > numbers.concurrent
            || points > numbers.points_a_minute
            || in_a_minute > numbers.creating_a_minute
            || bucket.created.len() > numbers.creating_an_hour;
        too_many.then(|| self.hold(caller, numbers.holds, numbers.says_how_long, now))
    }

    /// Makes a caller wait.
    pub fn hold(&mut self, caller: &str, holds: i64, said: bool, now: i64) -> Limited {
        let bucket = self.buckets.entry(caller.to_owned()).or_default();
        bucket.limited += 1;
        if said {
            bucket.waits_until = Some(now + holds * 1000);
        } else {
            // source: docs.github.com, "Rate limits for the REST API": otherwise wait for at least one minute
            bucket.patient_until = now + MINUTE;
        }
        Limited::Secondary {
            seconds: holds,
            said,
        }
    }

    /// A request that cost nothing after all.
    pub fn refund(&mut self, caller: &str) {
        if let Some(bucket) = self.buckets.get_mut(caller) {
            bucket.used = bucket.used.saturating_sub(1);
        }
    }

    /// What is left, and the second at which the window ends.
    pub fn left(&self, caller: &str, now: i64) -> (usize, usize, i64) {
        let (window, used) = self
            .buckets
            .get(caller)
            .map_or((now, 0), |bucket| (bucket.window, bucket.used));
        (
            self.numbers.primary.saturating_sub(used),
            used,
            seconds(window + HOUR),
        )
    }
}

/// Milliseconds as whole seconds, rounded up.
fn seconds(millis: i64) -> i64 {
    millis.div_euclid(1000) + i64::from(millis.rem_euclid(1000) > 0)
}
