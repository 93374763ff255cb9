// Each task has a sender of its own, and the first one is still there when a branch waits for the end.
use tokio::sync::mpsc;

async fn size_of(path: String) -> u64 {
    tokio::fs::metadata(path).await.map_or(0, |found| found.len())
}

pub async fn total(paths: Vec<String>, is_wanted: bool) -> u64 {
    let (size, mut sizes) = mpsc::channel::<u64>(16);
    for path in paths {
        let size = size.clone();
        tokio::spawn(async move {
            let _ = size.send(size_of(path).await).await;
        });
    }
    let mut total = 0;
    if is_wanted {
        while let Some(size) = sizes.recv().await { //~ BP04 high
            total += size;
        }
    }
    total
}
