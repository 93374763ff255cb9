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
