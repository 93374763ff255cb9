// The close comes after a wait for a task: it may be the one that sends. A close that waits for nobody meets
// the send.
use async_channel::{Receiver, Sender};
use tokio::task::JoinHandle;

pub struct Outbox {
    results: Sender<u64>,
    taken: Receiver<u64>,
    running: Option<JoinHandle<()>>,
}

impl Outbox {
    pub fn start(&mut self) {
        let results = self.results.clone();
        self.running = Some(tokio::spawn(async move {
            results.send(1).await.expect("outbox is open"); //~ BP05 low
        }));
    }

    pub async fn stop(self) {
        if let Some(running) = self.running {
            let _ = running.await;
            self.results.close();
        }
    }

    pub async fn next(&self) -> Option<u64> {
        self.taken.recv().await.ok()
    }
}

pub struct Hasty {
    results: Sender<u64>,
    taken: Receiver<u64>,
}

impl Hasty {
    pub fn start(&self) {
        let results = self.results.clone();
        tokio::spawn(async move {
            results.send(1).await.expect("still open"); //~ BP05 high
        });
    }

    pub fn stop(&self) {
        self.results.close();
    }

    pub async fn next(&self) -> Option<u64> {
        self.taken.recv().await.ok()
    }
}
