// `_` takes nothing over: the permit stays with the loop and is given back at the end of its turn.
use std::sync::Arc;
use tokio::sync::Semaphore;

async fn visit(_page: String) {}

pub async fn crawl(pages: Vec<String>, slots: Arc<Semaphore>) {
    for page in pages {
        let Ok(slot) = slots.clone().acquire_owned().await else {
            return;
        };
        tokio::spawn(async move { //~ BP12 high
            let _ = slot;
            visit(page).await;
        });
    }
}

pub async fn crawl_politely(pages: Vec<String>, slots: Arc<Semaphore>) {
    for page in pages {
        let Ok(slot) = slots.clone().acquire_owned().await else {
            return;
        };
        tokio::spawn(async move {
            let _slot = slot;
            visit(page).await;
        });
    }
}
