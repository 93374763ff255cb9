//highwater:nocompile needs crossbeam_queue
// A ring that takes each new item throws out the oldest when it is full, and hands it back: whoever
// leaves that lying tells nobody of the loss. Counted, it is told.
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::Arc;

use crossbeam_queue::ArrayQueue;

pub struct Trace {
    spans: Arc<ArrayQueue<u64>>,
    lost: AtomicU64,
}

impl Trace {
    pub fn new() -> Self {
        Trace { spans: Arc::new(ArrayQueue::new(512)), lost: AtomicU64::new(0) }
    }

    pub fn add(&self, span: u64) {
        self.spans.force_push(span); //~ BP07 high
    }

    pub fn add_counted(&self, span: u64) {
        if self.spans.force_push(span).is_some() {
            self.lost.fetch_add(1, Ordering::Relaxed);
        }
    }

    pub fn lost(&self) -> u64 {
        self.lost.load(Ordering::Relaxed)
    }

    pub fn next(&self) -> Option<u64> {
        self.spans.pop()
    }
}
