// A sign of life at a fixed beat until the lease is lost: it goes on whether or not the last one
// came through, so it is no retry.
use std::time::Duration;

const BEAT: Duration = Duration::from_secs(20);

pub struct Leases {
    store: Store,
}

impl Leases {
    pub async fn keep(&self, job: u64) {
        loop {
            tokio::time::sleep(BEAT).await;
            if let Ok(false) = self.store.renew(job).await {
                return;
            }
        }
    }
}
