//! Permits that go into the tasks, and one that is given back only after the tasks have ended.
use std::sync::Arc;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

async fn resize_all(paths: Vec<String>, slots: Arc<Semaphore>) {
    let mut tasks = JoinSet::new();
    for path in paths {
        let slot = slots
            .clone()
            .acquire_owned()
            .await
            .expect("it is never closed");
        tasks.spawn(async move {
            resize(path).await;
            drop(slot);
        });
    }
    while tasks.join_next().await.is_some() {}
}

async fn resize_pair(a: String, b: String, slots: &Semaphore) {
    let _slot = slots.acquire().await.expect("it is never closed");
    let first = tokio::spawn(resize(a));
    resize(b).await;
    first.await.expect("it does not panic");
}
