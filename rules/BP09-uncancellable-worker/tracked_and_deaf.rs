// A tracker counts its tasks and ends none: who waits for it waits for ever for the one that hears nothing. A
// set that is dropped ends its own.
use std::sync::Arc;
use std::time::Duration;
use tokio::task::JoinSet;
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

pub struct Keys;

impl Keys {
    async fn load(&self) -> usize {
        3
    }

    async fn renew(self: Arc<Self>) {
        loop { //~ BP09 high
            sleep(Duration::from_secs(600)).await;
            let count = self.load().await;
            tracing::info!("{count} keys");
        }
    }

    async fn renew_until(self: Arc<Self>, stop: CancellationToken) {
        while stop.run_until_cancelled(sleep(Duration::from_secs(600))).await.is_some() {
            let count = self.load().await;
            tracing::info!("{count} keys");
        }
    }

    async fn renew_in_set(self: Arc<Self>) {
        loop {
            sleep(Duration::from_secs(600)).await;
            let count = self.load().await;
            tracing::info!("{count} keys");
        }
    }
}

pub struct Door {
    stop: CancellationToken,
    tasks: TaskTracker,
    others: JoinSet<()>,
}

impl Door {
    pub fn open(keys: Arc<Keys>) -> Door {
        let (stop, tasks, mut others) = (CancellationToken::new(), TaskTracker::new(), JoinSet::new());
        tasks.spawn(Arc::clone(&keys).renew());
        tasks.spawn(Arc::clone(&keys).renew_until(stop.clone()));
        others.spawn(keys.renew_in_set());
        tasks.close();
        Door { stop, tasks, others }
    }

    pub async fn close(mut self) {
        self.stop.cancel();
        self.tasks.wait().await;
        self.others.shutdown().await;
    }
}
