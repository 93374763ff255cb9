// What finds the channel full is handed to a second place, or counted: whoever wrote that knows what the bound
// means, but what waits is as much all the same. A log line alone is no such place.
use std::sync::atomic::{AtomicU64, Ordering};
use tokio::sync::mpsc;

#[derive(Clone)]
pub struct Copy {
    name: String,
}

pub struct Mirror {
    fast: mpsc::Sender<Copy>,
    journal: std::sync::Mutex<Vec<String>>,
    missed: AtomicU64,
}

impl Mirror {
    pub fn new() -> (Self, mpsc::Receiver<Copy>) {
        let (fast, copies) = mpsc::channel(200_000); //~ BP02 medium
        let journal = std::sync::Mutex::new(Vec::with_capacity(16));
        let missed = AtomicU64::new(0);
        (Mirror { fast, journal, missed }, copies)
    }

    pub fn offer(&self, copy: Copy) {
        if self.fast.try_send(copy.clone()).is_ok() {
            return;
        }
        self.missed.fetch_add(1, Ordering::Relaxed);
        self.note(&copy);
    }

    fn note(&self, copy: &Copy) {
        if let Ok(mut journal) = self.journal.lock() {
            journal.clear();
            journal.push(copy.name.clone());
        }
    }

    pub fn missed(&self) -> u64 {
        self.missed.load(Ordering::Relaxed)
    }
}

pub struct Logged {
    fast: mpsc::Sender<Copy>,
}

impl Logged {
    pub fn new() -> (Self, mpsc::Receiver<Copy>) {
        let (fast, copies) = mpsc::channel(200_000); //~ BP02 high
        (Logged { fast }, copies)
    }

    pub fn offer(&self, copy: Copy) {
        if let Err(error) = self.fast.try_send(copy) {
            tracing::warn!("not copied: {error}");
        }
    }
}
