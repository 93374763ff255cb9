//highwater:nocompile needs MetricsComponent
// What is derived for metrics reads each counter of the struct and hands it to whoever collects
// them; one beside it, of a struct that derives nothing of the kind, has no reader.
use metrics::MetricsComponent;
use std::sync::atomic::{AtomicU64, Ordering};

#[derive(Debug, MetricsComponent)]
pub struct Batcher {
    #[metric(help = "Batches that were sent")]
    batches_sent: AtomicU64,
    #[metric(help = "Blobs that went around the queue")]
    bypasses: AtomicU64,
}

impl Batcher {
    pub fn send(&self, is_urgent: bool) {
        if is_urgent {
            self.bypasses.fetch_add(1, Ordering::Relaxed);
        } else {
            self.batches_sent.fetch_add(1, Ordering::Relaxed);
        }
    }
}

#[derive(Debug)]
pub struct Losses {
    dropped: AtomicU64,
}

impl Losses {
    pub fn note(&self) {
        self.dropped.fetch_add(1, Ordering::Relaxed); //~ BP21 high
    }
}
