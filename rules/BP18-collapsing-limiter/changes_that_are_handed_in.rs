// How the limit changes is a closure that callers hand in, or that the atomic is given. A guard stands
// for the limit that it guards.
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

pub struct Ferry {
    cap: AtomicUsize,
    least: usize,
    most: usize,
}

impl Ferry {
    fn adjust(&self, change: impl FnOnce(usize) -> usize) {
        let cap = self.cap.load(Ordering::Acquire);
        let changed = change(cap).clamp(self.least, self.most);
        self.cap.store(changed, Ordering::Release);
    }

    pub fn landed(&self, is_late: bool) {
        match is_late {
            true => self.adjust(|cap| cap / 2), //~ BP18 medium
            false => self.adjust(|cap| cap + 1),
        }
    }
}

// The same in one change of the atomic.
pub struct Barge {
    cap: AtomicUsize,
    least: usize,
    most: usize,
}

impl Barge {
    pub fn landed(&self, failed: bool) {
        let change = |cap: usize| match failed {
            true => Some((cap / 2).max(self.least)),
            false => Some((cap + 1).min(self.most)),
        };
        let _ = self.cap.fetch_update(Ordering::AcqRel, Ordering::Acquire, change);
    }
}

pub struct Quay {
    moored: AtomicUsize,
    size: AtomicUsize,
}

impl Quay {
    pub fn moor(&self) -> bool {
        let size = self.size.load(Ordering::Acquire);
        self.moored
            .fetch_update(Ordering::AcqRel, Ordering::Acquire, |n| (n < size).then_some(n + 1))
            .is_ok()
    }

    pub fn on_calm(&self) {
        self.size.fetch_add(1, Ordering::AcqRel);
    }

    pub fn on_overload(&self) {
        let cut = |n| Some(n * 3 / 4); //~ BP18 high
        let _ = self.size.fetch_update(Ordering::AcqRel, Ordering::Acquire, cut);
    }
}

pub struct Lock {
    limit: Mutex<usize>,
    most: usize,
}

impl Lock {
    pub fn admits(&self, inside: usize) -> bool {
        inside < *self.limit.lock().unwrap()
    }

    pub fn on_success(&self) {
        let mut limit = self.limit.lock().unwrap();
        *limit = (*limit + 1).min(self.most);
    }

    pub fn on_failure(&self) {
        let mut limit = self.limit.lock().unwrap();
        *limit /= 2; //~ BP18 high
    }

    // What is cut here is a copy.
    pub fn half_on_failure(&self) -> usize {
        let mut limit = *self.limit.lock().unwrap();
        limit /= 2;
        limit
    }
}

struct Berths {
    open: usize,
    taken: usize,
}

pub struct Dock {
    berths: Mutex<Berths>,
}

impl Dock {
    fn with<T, F>(&self, change: F) -> T
    where
        F: FnOnce(&mut Berths) -> T,
    {
        change(&mut self.berths.lock().unwrap())
    }

    pub fn enter(&self) -> bool {
        self.with(|berths| {
            let is_free = berths.taken < berths.open;
            if is_free {
                berths.taken += 1;
            }
            is_free
        })
    }

    pub fn leave(&self, failed: bool) {
        self.with(|berths| {
            berths.taken -= 1;
            if failed {
                berths.open /= 2; //~ BP18 high
            } else {
                berths.open += 1;
            }
        });
    }
}
