// That the limit is cut when something went wrong stands where it is called, and not in its name.
// Read and written in two steps it loses changes; in one it does not.
use std::sync::atomic::{AtomicUsize, Ordering};

const LEAST: usize = 4;
const MOST: usize = 400;

pub enum Answer {
    Fine,
    TooBusy,
}

pub struct BatchLimit {
    rows: AtomicUsize,
}

impl BatchLimit {
    pub fn new() -> Self {
        BatchLimit { rows: AtomicUsize::new(MOST) }
    }

    pub fn learn(&self, answer: Answer) -> usize {
        match answer {
            Answer::Fine => self.wider(),
            Answer::TooBusy => self.narrower(),
        }
        self.rows.load(Ordering::Relaxed)
    }

    fn wider(&self) {
        let rows = self.rows.load(Ordering::Relaxed);
        self.rows.store((rows + 4).min(MOST), Ordering::Relaxed);
    }

    fn narrower(&self) {
        let rows = self.rows.load(Ordering::Relaxed);
        self.rows.store((rows / 2).max(LEAST), Ordering::Relaxed); //~ BP18 medium
    }
}

pub struct OneStepLimit {
    rows: AtomicUsize,
}

impl OneStepLimit {
    pub fn new() -> Self {
        OneStepLimit { rows: AtomicUsize::new(MOST) }
    }

    pub fn learn(&self, answer: Answer) -> usize {
        match answer {
            Answer::Fine => self.change(|rows| (rows + 4).min(MOST)),
            Answer::TooBusy => self.change(|rows| (rows / 2).max(LEAST)),
        }
        self.rows.load(Ordering::Relaxed)
    }

    fn change(&self, by: impl Fn(usize) -> usize) {
        let next = |rows| Some(by(rows));
        let _ = self.rows.fetch_update(Ordering::Relaxed, Ordering::Relaxed, next);
    }
}
