// The new value is chosen between a read and a write. An update that tries again is one step.
use std::sync::atomic::{AtomicU32, Ordering::Relaxed};

pub struct SlowDown;

pub struct Window {
    pages: AtomicU32,
}

impl Window {
    pub fn pages(&self) -> u32 {
        self.pages.load(Relaxed)
    }

    pub fn learn(&self, page: Result<(), SlowDown>) {
        let now = self.pages.load(Relaxed);
        let next = match page {
            Ok(()) => (now + 1).min(32),
            Err(SlowDown) => std::cmp::max(now / 2, 1), //~ BP18 medium
        };
        self.pages.store(next, Relaxed);
    }
}

pub struct Parallel {
    pages: AtomicU32,
}

impl Parallel {
    pub fn pages(&self) -> u32 {
        self.pages.load(Relaxed)
    }

    pub fn status(&self, status: u16) {
        let _ = self.pages.fetch_update(Relaxed, Relaxed, |now| {
            Some(match status {
                429 | 503 => (now / 2).max(1),
                _ => (now + 1).min(32),
            })
        });
    }

    pub fn overloaded(&self) {
        let mut now = self.pages.load(Relaxed);
        while let Err(seen) = self
            .pages
            .compare_exchange(now, (now / 2).max(1), Relaxed, Relaxed)
        {
            now = seen;
        }
    }
}

pub struct Quota {
    quota: AtomicU32,
}

impl Quota {
    pub fn left(&self) -> u32 {
        self.quota.load(Relaxed)
    }

    pub fn after(&self, ok: bool) {
        if ok {
            self.quota.fetch_add(1, Relaxed);
        } else {
            let _ = self.quota.fetch_update(Relaxed, Relaxed, |now| Some(now / 2)); //~ BP18 high
        }
    }
}
