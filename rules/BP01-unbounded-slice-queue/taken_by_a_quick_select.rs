// A loop that waits for nothing but what its `select!` hears is as quick as one that waits for the
// next item alone. One whose arm waits for something else falls behind.
use tokio::sync::mpsc::{self, UnboundedReceiver, UnboundedSender};
use tokio_util::sync::CancellationToken;

pub struct Tally {
    seen: UnboundedSender<String>,
}

impl Tally {
    pub fn new(stop: CancellationToken) -> Tally {
        let (seen, heard) = mpsc::unbounded_channel(); //~ BP01 low
        tokio::spawn(count(heard, stop));
        Tally { seen }
    }

    pub fn submit(&self, name: String) {
        let _ = self.seen.send(name);
    }
}

async fn count(mut heard: UnboundedReceiver<String>, stop: CancellationToken) {
    let mut total = 0;
    loop {
        tokio::select! {
            _ = stop.cancelled() => {
                save(total).await;
                break;
            }
            Some(name) = heard.recv() => total += name.len(),
        }
    }
}

async fn save(_total: usize) {}

pub struct Ledger {
    lines: UnboundedSender<String>,
}

impl Ledger {
    pub fn new(stop: CancellationToken) -> Ledger {
        let (lines, written) = mpsc::unbounded_channel(); //~ BP01 medium
        tokio::spawn(write(written, stop));
        Ledger { lines }
    }

    pub fn submit(&self, line: String) {
        let _ = self.lines.send(line);
    }
}

async fn write(mut written: UnboundedReceiver<String>, stop: CancellationToken) {
    loop {
        tokio::select! {
            _ = stop.cancelled() => break,
            Some(line) = written.recv() => save(line.len()).await,
        }
    }
}
