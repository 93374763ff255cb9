// Counters that something reads: a place in a buffer, a reference to one that stands in a list.
use std::sync::atomic::{AtomicI64, Ordering};

pub fn pages(buffer: &[u8]) -> Vec<Vec<u8>> {
    let mut pages = Vec::new();
    let mut offset = 0;
    while offset < 8 * 512 {
        pages.push(buffer[offset..(offset + 512)].to_vec());
        offset += 512;
    }
    pages
}

pub struct Estimate {
    slots: Vec<AtomicI64>,
}

impl Estimate {
    pub fn less(&self, slot: usize, by: i64) {
        let counter = &self.slots[slot];
        counter.fetch_sub(by, Ordering::Relaxed);
    }

    pub fn read(&self, slot: usize) -> i64 {
        self.slots[slot].load(Ordering::Relaxed)
    }
}
