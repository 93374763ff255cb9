//! Guards that are gone before the wait: at the end of a block, of a statement, and by `drop`.
use tokio::sync::{Mutex, mpsc};

struct Feed {
    lines: Mutex<Vec<String>>,
    out: mpsc::Sender<String>,
}

impl Feed {
    async fn forward_last(&self) {
        let last = { self.lines.lock().await.pop() };
        if let Some(line) = last {
            let _ = self.out.send(line).await;
        }
    }

    async fn tell_length(&self) {
        let lines = self.lines.lock().await;
        let length = lines.len();
        drop(lines);
        let _ = self.out.send(length.to_string()).await;
    }

    async fn take_in(&self, mut lines: mpsc::Receiver<String>) {
        while let Some(line) = lines.recv().await {
            self.lines.lock().await.push(line);
        }
    }
}
