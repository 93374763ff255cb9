// A ring keeps the newest: nobody who sends is slowed, and its size is how far a reader may fall
// behind before it is told so.
use tokio::sync::broadcast;

pub struct Feed {
    changes: broadcast::Sender<u64>,
}

impl Feed {
    pub fn new() -> Feed {
        let (changes, _) = broadcast::channel(20_000);
        Feed { changes }
    }

    pub fn tell(&self, row: u64) -> usize {
        self.changes.send(row).unwrap_or(0)
    }

    pub async fn follow(&self) -> Result<u64, broadcast::error::RecvError> {
        self.changes.subscribe().recv().await
    }
}

/// Ten thousand, as many write it.
pub fn rows() -> (
    tokio::sync::mpsc::Sender<u64>,
    tokio::sync::mpsc::Receiver<u64>,
) {
    tokio::sync::mpsc::channel(10 * 1024) //~ BP02 low
}
