// Senders that are all waited for before the receiver is handed to who closes it have sent by then. One
// that lives on beside the receiver is hit.
use std::collections::HashMap;
use tokio::sync::mpsc;
use tokio::task::JoinSet;

async fn open(part: u32) -> String {
    format!("part {part}")
}

pub async fn begin(parts: Vec<u32>) -> HashMap<String, usize> {
    let (opened, to_watch) = mpsc::unbounded_channel(); //~ BP01 low
    let mut opening = JoinSet::new();
    for part in parts {
        let opened = opened.clone();
        opening.spawn(async move {
            opened.send(open(part).await).expect("the receiver is still here");
        });
    }
    while let Some(done) = opening.join_next().await {
        if let Err(error) = done {
            tracing::warn!("a part did not open: {error}");
        }
    }
    watch(to_watch).await
}

async fn watch(mut parts: mpsc::UnboundedReceiver<String>) -> HashMap<String, usize> {
    let mut known = HashMap::new();
    while let Some(part) = parts.recv().await {
        if part.is_empty() {
            parts.close();
        }
        known.insert(part.clone(), part.len());
    }
    known
}

pub async fn begin_at_once(parts: Vec<u32>) -> HashMap<String, usize> {
    let (opened, to_watch) = mpsc::unbounded_channel(); //~ BP01 low
    for part in parts {
        let opened = opened.clone();
        tokio::spawn(async move {
            opened.send(open(part).await).expect("the receiver is still here");
        });
    }
    drop(opened);
    watch_beside(to_watch).await
}

async fn watch_beside(mut parts: mpsc::UnboundedReceiver<String>) -> HashMap<String, usize> {
    let mut known = HashMap::new();
    while let Some(part) = parts.recv().await {
        if part.is_empty() {
            parts.close(); //~ BP13 high
        }
        known.insert(part.clone(), part.len());
    }
    known
}
