// A row of counters, one for each case: the first is only added to, the second is read.
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

#[derive(Clone, Copy)]
pub enum Gear {
    Low,
    High,
}

pub struct Drive {
    shifts: [AtomicU64; 2],
    stalls: [AtomicU64; 2],
    speed: AtomicU64,
}

impl Drive {
    pub fn shift(&self, gear: Gear) {
        self.shifts[gear as usize].fetch_add(1, Relaxed); //~ BP21 high
        self.speed.store(gear as u64, Relaxed);
    }

    pub fn stall(&self, gear: Gear) -> u64 {
        self.stalls[gear as usize].fetch_add(1, Relaxed);
        self.speed.swap(0, Relaxed)
    }

    pub fn stalls(&self) -> u64 {
        self.stalls.iter().map(|stalls| stalls.load(Relaxed)).sum()
    }
}
