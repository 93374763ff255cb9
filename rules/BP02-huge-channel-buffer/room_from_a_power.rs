// A helper makes the room from what its callers hand in: a power of two, a product.
use tokio::sync::mpsc::{self, Receiver, Sender};

pub struct Lines {
    live: Sender<String>,
    old: Sender<String>,
}

fn lane(log2: u32) -> (Sender<String>, Receiver<String>) {
    mpsc::channel(1 << log2) //~ BP02 high
}

fn lanes_of(dozens: usize) -> (Sender<u64>, Receiver<u64>) {
    mpsc::channel(dozens * 12)
}

impl Lines {
    pub fn new() -> (Lines, Receiver<String>, Receiver<String>) {
        let (live, shown) = lane(20);
        let (old, kept) = lane(9);
        (Lines { live, old }, shown, kept)
    }

    pub async fn say(&self, line: String) {
        let _ = self.live.send(line.clone()).await;
        let _ = self.old.send(line).await;
    }
}

pub fn numbers() -> (Sender<u64>, Receiver<u64>) {
    lanes_of(100)
}
