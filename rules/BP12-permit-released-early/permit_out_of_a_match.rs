// What a match yields owns the permit: it goes into the task, and is given back there.
use std::sync::{Arc, LazyLock};
use tokio::sync::Semaphore;

static SLOTS: LazyLock<Arc<Semaphore>> = LazyLock::new(|| Arc::new(Semaphore::new(8)));

pub fn sweep(keys: Vec<String>) {
    for key in keys {
        let slot = match Arc::clone(&SLOTS).try_acquire_owned() {
            Ok(slot) => slot,
            Err(_) => {
                tracing::warn!(key, "left for the next sweep");
                continue;
            }
        };
        tokio::spawn(async move {
            let _slot = slot;
            remove(key).await;
        });
    }
}

pub fn sweep_and_forget(keys: Vec<String>) {
    for key in keys {
        let _slot = match Arc::clone(&SLOTS).try_acquire_owned() {
            Ok(slot) => slot,
            Err(_) => return,
        };
        tokio::spawn(remove(key)); //~ BP12 high
    }
}

async fn remove(_key: String) {}

/// The permit is held until the task has ended: the function takes what it sends to the last.
pub async fn serve(rows: u64) -> Option<u64> {
    let _slot = SLOTS.acquire().await.ok()?;
    let (found, mut finds) = tokio::sync::mpsc::channel(16);
    tokio::spawn(search(rows, found));
    let mut sum = 0;
    loop {
        let Some(row) = finds.recv().await else {
            break;
        };
        sum += row;
    }
    Some(sum)
}

async fn search(rows: u64, found: tokio::sync::mpsc::Sender<u64>) {
    for row in 0..rows {
        if found.send(row).await.is_err() {
            return;
        }
    }
}
