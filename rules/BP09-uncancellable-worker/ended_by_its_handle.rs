// Loops without a way out of their own that somebody can end: by the handle, which aborts at the next
// await, or by dropping the set that they belong to.
use std::time::Duration;
use tokio::task::{JoinHandle, JoinSet};

pub struct Listener {
    sweeper: Option<JoinHandle<()>>,
}

impl Listener {
    pub fn start(&mut self) {
        let handle = tokio::spawn(async {
            let mut every = tokio::time::interval(Duration::from_secs(60));
            loop {
                every.tick().await;
                sweep().await;
            }
        });
        self.sweeper = Some(handle);
    }

    pub fn stop(&mut self) {
        if let Some(handle) = self.sweeper.take() {
            handle.abort();
        }
    }
}

pub async fn sweep() {}

pub struct Upkeep {
    tasks: JoinSet<()>,
}

impl Upkeep {
    pub fn begin(&mut self) {
        self.tasks.spawn(async {
            loop {
                tokio::time::sleep(Duration::from_secs(5)).await;
                sweep().await;
            }
        });
    }
}

/// What ends with its owner.
pub struct Cleaner {
    _sweeper: tokio_util::task::AbortOnDropHandle<()>,
}

impl Cleaner {
    pub fn new() -> Self {
        let sweeper = tokio::spawn(async {
            loop {
                tokio::time::sleep(Duration::from_secs(5)).await;
                sweep().await;
            }
        });
        Cleaner {
            _sweeper: tokio_util::task::AbortOnDropHandle::new(sweeper),
        }
    }
}
