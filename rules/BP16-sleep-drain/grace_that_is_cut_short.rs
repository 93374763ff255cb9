// The grace period ends as soon as the work does: the sleep is in a future that is cut short.
use futures::future::{abortable, join};
use std::time::Duration;
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

pub struct Worker {
    stopping: CancellationToken,
    idle: Notify,
    grace: Duration,
}

impl Worker {
    pub async fn shutdown(&self) {
        self.stopping.cancel();
        let (grace, cut) = abortable(async {
            tokio::time::sleep(self.grace).await;
            self.cancel_running();
        });
        join(
            async {
                self.idle.notified().await;
                cut.abort();
            },
            grace,
        )
        .await
        .1
        .ok();
    }

    fn cancel_running(&self) {}
}
