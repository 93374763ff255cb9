//! The token of the caller reaches what is started: as itself, as a child, and as an arm.
use std::time::Duration;
use tokio_util::sync::CancellationToken;

async fn usage_of_all(store: Store, tenants: Vec<String>, stop: CancellationToken) -> u64 {
    let refresh = tokio::spawn(refresh(stop.child_token()));
    let mut sum = 0;
    for tenant in tenants {
        sum += store.sum(&tenant, stop.clone()).await.unwrap_or(0);
    }
    refresh.abort();
    sum
}

async fn refresh(stop: CancellationToken) {
    let mut turn = tokio::time::interval(Duration::from_secs(30));
    loop {
        tokio::select! {
            _ = stop.cancelled() => return,
            _ = turn.tick() => show(read_sensor().await).await,
        }
    }
}
