// A lock is shared whatever it guards: both sides take the one around a number.
use std::sync::Arc;
use tokio::sync::{Mutex, mpsc};

pub struct Totals {
    sum: Arc<Mutex<u64>>,
    parts: mpsc::Sender<u64>,
}

impl Totals {
    pub fn start() -> Totals {
        let sum = Arc::new(Mutex::new(0));
        let (parts, mut queue) = mpsc::channel(4);
        let shared = sum.clone();
        tokio::spawn(async move {
            while let Some(part) = queue.recv().await {
                *shared.lock().await += part;
            }
        });
        Totals { sum, parts }
    }

    pub async fn add_all(&self, all: Vec<u64>) {
        let sum = self.sum.lock().await;
        for part in all {
            let _ = self.parts.send(part + *sum).await; //~ BP23 medium
        }
    }
}
