// What was taken is counted, and what was not is left out: nobody knows how many there were, so
// nobody learns of the loss. Where the refused are counted too, they do.
use std::sync::atomic::{AtomicU64, Ordering};

use tokio::sync::mpsc::{self, error::TrySendError};

pub struct Port {
    events: mpsc::Sender<String>,
    emitted: AtomicU64,
    refused: AtomicU64,
}

impl Port {
    pub fn emit(&self, event: String) {
        match self.events.try_send(event) {
            Ok(()) => {
                self.emitted.fetch_add(1, Ordering::Relaxed);
            }
            Err(TrySendError::Full(_)) => {} //~ BP07 high
            Err(TrySendError::Closed(event)) => tracing::error!("the log is down: {event}"),
        }
    }

    pub fn emit_counted(&self, event: String) {
        match self.events.try_send(event) {
            Ok(()) => {
                self.emitted.fetch_add(1, Ordering::Relaxed);
            }
            Err(TrySendError::Full(_)) => {
                self.refused.fetch_add(1, Ordering::Relaxed);
            }
            Err(TrySendError::Closed(event)) => tracing::error!("the log is down: {event}"),
        }
    }

    pub fn counts(&self) -> (u64, u64) {
        (self.emitted.load(Ordering::Relaxed), self.refused.load(Ordering::Relaxed))
    }
}
