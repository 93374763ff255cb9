// A sender that closes the channel ends it for all, however long it lives on itself.
use async_channel::bounded;

async fn all(pages: Vec<String>) {
    let (put, take) = bounded::<String>(4);
    let mut workers = Vec::new();
    for _ in 0..4 {
        let take = take.clone();
        workers.push(tokio::spawn(async move {
            while let Ok(page) = take.recv().await {
                save(page).await;
            }
        }));
    }
    for page in pages {
        let _ = put.send(page).await;
    }
    put.close();
    for worker in workers {
        let _ = worker.await;
    }
}

async fn some(pages: Vec<String>) {
    let (put, take) = bounded::<String>(4);
    let mut workers = Vec::new();
    for _ in 0..4 {
        let take = take.clone();
        workers.push(tokio::spawn(async move {
            while let Ok(page) = take.recv().await { //~ BP04 high
                save(page).await;
            }
        }));
    }
    for page in pages {
        let _ = put.send(page).await;
    }
    for worker in workers {
        let _ = worker.await;
    }
}
