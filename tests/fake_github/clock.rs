//! The time of the stand-in, which a test may move.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// A clock that all who hold it share: the real one moved forward, or one that stands until it is moved.
#[derive(Clone, Debug)]
pub struct Clock(Arc<Mutex<Reading>>);

#[derive(Debug)]
struct Reading {
    /// Where a standing clock stands, in milliseconds since 1970.
    stands_at: Option<i64>,
    /// How far the real clock was moved forward.
    ahead: i64,
}

impl Clock {
    /// The real time, until it is moved.
    pub fn real() -> Clock {
        Clock(Arc::new(Mutex::new(Reading {
            stands_at: None,
            ahead: 0,
        })))
    }

    /// A clock that stands at this second since 1970.
    pub fn standing(second: i64) -> Clock {
        Clock(Arc::new(Mutex::new(Reading {
            stands_at: Some(second * 1000),
            ahead: 0,
        })))
    }

    /// Moves the time forward.
    pub fn advance(&self, by: Duration) {
        let by = i64::try_from(by.as_millis()).unwrap_or(i64::MAX);
        let mut reading = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match &mut reading.stands_at {
            Some(at) => *at += by,
            None => reading.ahead += by,
        }
    }

    /// Milliseconds since 1970.
    pub fn millis(&self) -> i64 {
        let reading = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        reading.stands_at.unwrap_or_else(|| {
            let since = SystemTime::now()
                .duration_since(UNIX_EPOCH)
                .unwrap_or_default();
            i64::try_from(since.as_millis()).unwrap_or(i64::MAX) + reading.ahead
        })
    }

    /// Seconds since 1970.
    pub fn seconds(&self) -> i64 {
        self.millis().div_euclid(1000)
    }

    /// The time as the standard library has it.
    pub fn now(&self) -> SystemTime {
        UNIX_EPOCH + Duration::from_millis(u64::try_from(self.millis()).unwrap_or(0))
    }
}

/// A time as GitHub writes it, to the second.
pub fn written(millis: i64) -> String {
    jiff::Timestamp::from_second(millis.div_euclid(1000))
        .map(|time| time.to_string())
        .unwrap_or_default()
}

/// A time as headers of HTTP have it.
pub fn in_header(millis: i64) -> String {
    jiff::Timestamp::from_second(millis.div_euclid(1000))
        .map(|time| time.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string())
        .unwrap_or_default()
}
