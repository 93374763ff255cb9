//! The time, which tests move by hand.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// Where the bot has its time from.
#[derive(Clone, Debug, Default)]
pub struct Clock {
    /// The time of a clock that is moved by hand.
    by_hand: Option<Arc<AtomicI64>>,
}

impl Clock {
    /// The machine's clock.
    pub fn real() -> Clock {
        Clock::default()
    }

    /// A clock that shows these milliseconds since 1970 and is moved by whoever waits: a wait is
    /// over at once, and then it is later. Shared with whoever has the same number.
    pub fn by_hand(time: Arc<AtomicI64>) -> Clock {
        Clock {
            by_hand: Some(time),
        }
    }

    /// Milliseconds since 1970.
    pub fn now(&self) -> i64 {
        match &self.by_hand {
            Some(time) => time.load(Ordering::SeqCst),
            None => SystemTime::now()
                .duration_since(UNIX_EPOCH)
                .ok()
                .and_then(|since| i64::try_from(since.as_millis()).ok())
                .unwrap_or(i64::MAX),
        }
    }

    /// Waits until it is this time.
    pub async fn wait_until(&self, time: i64) {
        match &self.by_hand {
            Some(shown) => {
                shown.fetch_max(time, Ordering::SeqCst);
                tokio::task::yield_now().await;
            }
            None => {
                let left = u64::try_from(time.saturating_sub(self.now())).unwrap_or(0);
                tokio::time::sleep(Duration::from_millis(left)).await;
            }
        }
    }
}

/// How long to wait before a try, in milliseconds: anything up to a bound that doubles with each
/// try (full jitter), so that those who failed together do not come back together.
pub fn back_off(tries: u32, first: i64, most: i64) -> i64 {
    let bound = first
        .saturating_mul(1_i64.checked_shl(tries.min(32)).unwrap_or(i64::MAX))
        .min(most);
    fastrand::i64(0..=bound.max(0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_grow_and_end_growing() {
        for tries in 0..80 {
            let most = 1000_i64.saturating_mul(1 << tries.min(20)).min(600_000);
            assert!((0..=most).contains(&back_off(tries, 1000, 600_000)));
        }
    }

    #[tokio::test]
    async fn whoever_waits_moves_the_clock() {
        let clock = Clock::by_hand(Arc::new(AtomicI64::new(5)));
        clock.wait_until(70).await;
        clock.wait_until(20).await;
        assert_eq!(clock.now(), 70);
    }
}
