//! The time, which tests move by hand.

use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// Where the bot has its time from.
#[derive(Clone, Default)]
pub struct Clock {
    /// A clock that is moved by hand.
    by_hand: Option<ByHand>,
}

/// Shows the time, and makes it a later one; in milliseconds since 1970.
type ByHand = (
    Arc<dyn Fn() -> i64 + Send + Sync>,
    Arc<dyn Fn(i64) + Send + Sync>,
);

impl Clock {
    /// The machine's clock.
    pub fn real() -> Clock {
        Clock::default()
    }

    /// A clock that shows what `now` gives and is moved by whoever waits: a wait is over at once,
    /// and then `later` has made it that time at least.
    pub fn by_hand(
        now: impl Fn() -> i64 + Send + Sync + 'static,
        later: impl Fn(i64) + Send + Sync + 'static,
    ) -> Clock {
        Clock {
            by_hand: Some((Arc::new(now), Arc::new(later))),
        }
    }

    /// Milliseconds since 1970.
    pub fn now(&self) -> i64 {
        match &self.by_hand {
            Some((now, _)) => now(),
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
            Some((_, later)) => {
                later(time);
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
    use std::sync::atomic::{AtomicI64, Ordering};

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
        let shown = Arc::new(AtomicI64::new(5));
        let moved = shown.clone();
        let clock = Clock::by_hand(
            move || shown.load(Ordering::SeqCst),
            move |time| {
                moved.fetch_max(time, Ordering::SeqCst);
            },
        );
        clock.wait_until(70).await;
        clock.wait_until(20).await;
        assert_eq!(clock.now(), 70);
    }
}
