// A task fills the body of the answer through a bounded channel: it goes at the client's speed and
// ends when the client leaves.
use axum::extract::State;
use std::sync::Arc;
use tokio::sync::mpsc;

pub struct Archive {
    pages: Vec<Vec<u8>>,
}

pub struct Body {
    pub chunks: mpsc::Receiver<Vec<u8>>,
}

pub async fn export(State(archive): State<Arc<Archive>>) -> Body {
    let (tx, rx) = mpsc::channel(4);
    tokio::spawn(async move {
        for page in archive.pages.clone() {
            if tx.send(page).await.is_err() {
                return;
            }
        }
    });
    Body { chunks: rx }
}

// A sender may be wrapped before it goes into the task.
pub struct Lines {
    to: mpsc::Sender<Vec<u8>>,
}

impl Lines {
    pub fn new(to: mpsc::Sender<Vec<u8>>) -> Lines {
        Lines { to }
    }

    async fn put(&self, line: Vec<u8>) -> bool {
        self.to.send(line).await.is_ok()
    }
}

pub async fn listing(State(archive): State<Arc<Archive>>) -> Body {
    let (tx, rx) = mpsc::channel(4);
    let lines = Lines::new(tx);
    tokio::spawn(async move {
        for page in archive.pages.clone() {
            if !lines.put(page).await {
                return;
            }
        }
    });
    Body { chunks: rx }
}
