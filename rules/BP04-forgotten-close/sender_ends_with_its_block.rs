// The first sender ends with the block that made it, so the loop ends when the last task has sent.
use tokio::sync::mpsc;

async fn size_of(path: String) -> u64 {
    tokio::fs::metadata(path).await.map_or(0, |found| found.len())
}

pub async fn total(paths: Vec<String>) -> u64 {
    let mut sizes = {
        let (size, sizes) = mpsc::channel::<u64>(16);
        for path in paths {
            let size = size.clone();
            tokio::spawn(async move {
                let _ = size.send(size_of(path).await).await;
            });
        }
        sizes
    };
    let mut total = 0;
    while let Some(size) = sizes.recv().await {
        total += size;
    }
    total
}
