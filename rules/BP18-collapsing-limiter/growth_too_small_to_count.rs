// A share of a small whole number is nothing: below the divisor the growth adds none, and the floor is where it stays.
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

pub struct Ladder {
    limit: AtomicUsize,
}

impl Ladder {
    pub fn allows(&self, climbing: usize) -> bool {
        climbing < self.limit.load(Relaxed)
    }

    pub fn failed(&self) {
        let cut = |limit: usize| Some((limit / 2).max(2)); //~ BP18 high
        let _ = self.limit.fetch_update(Relaxed, Relaxed, cut);
    }

    pub fn went_well(&self) {
        let grown = |limit: usize| Some((limit + limit / 10).min(250));
        let _ = self.limit.fetch_update(Relaxed, Relaxed, grown);
    }
}

struct Steps {
    limit: usize,
    on: usize,
}

pub struct Stairs {
    steps: Mutex<Steps>,
}

fn wider(limit: usize) -> usize {
    (limit as f64 * 1.05) as usize
}

impl Stairs {
    pub fn enter(&self) -> bool {
        let Ok(mut steps) = self.steps.lock() else {
            return false;
        };
        if steps.on >= steps.limit {
            return false;
        }
        steps.on += 1;
        true
    }

    pub fn leave(&self, in_time: bool) {
        let Ok(mut steps) = self.steps.lock() else {
            return;
        };
        steps.on -= 1;
        steps.limit = if in_time {
            wider(steps.limit).min(250)
        } else {
            (steps.limit * 3 / 4).max(6) //~ BP18 high
        };
    }
}

// Right: rounded up, an eighth of two is one.
struct Rungs {
    limit: usize,
    on: usize,
}

pub struct Pole {
    rungs: Mutex<Rungs>,
}

impl Pole {
    pub fn enter(&self) -> bool {
        let Ok(mut rungs) = self.rungs.lock() else {
            return false;
        };
        if rungs.on >= rungs.limit {
            return false;
        }
        rungs.on += 1;
        true
    }

    pub fn leave(&self, in_time: bool) {
        let Ok(mut rungs) = self.rungs.lock() else {
            return;
        };
        rungs.on -= 1;
        if in_time {
            rungs.limit = (rungs.limit + rungs.limit.div_ceil(8)).min(250);
        } else {
            rungs.limit = (rungs.limit / 2).max(2);
        }
    }
}

// Right: at least one at a time.
pub struct Rope {
    limit: AtomicUsize,
}

impl Rope {
    pub fn allows(&self, climbing: usize) -> bool {
        climbing < self.limit.load(Relaxed)
    }

    pub fn failed(&self) {
        let cut = |limit: usize| Some((limit / 2).max(2));
        let _ = self.limit.fetch_update(Relaxed, Relaxed, cut);
    }

    pub fn went_well(&self) {
        let grown = |limit: usize| Some(limit.saturating_add((limit >> 4).max(1)).min(250));
        let _ = self.limit.fetch_update(Relaxed, Relaxed, grown);
    }
}
