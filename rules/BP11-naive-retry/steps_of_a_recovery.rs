//highwater:nocompile needs wire
// Several steps make one try, and each may send it round again: asked one by one, two in one question,
// or as a function that yields nothing but its error.
use std::time::Duration;

const BEAT: Duration = Duration::from_millis(400);

pub struct Fleet {
    far: wire::Client,
}

impl Fleet {
    async fn reset(&self) -> Result<(), wire::Error> {
        self.far.send_reset().await
    }

    pub async fn recover(&self) -> u64 {
        loop { //~ BP11 medium
            tokio::time::sleep(BEAT).await;
            if let Err(error) = self.reset().await {
                tracing::warn!("{error}");
                continue;
            }
            let epoch = self.far.begin().await;
            if epoch.is_err() || self.far.collect().await.is_err() {
                continue;
            }
            return epoch.unwrap();
        }
    }

    pub async fn clean(&self) {
        while self.reset().await.is_err() { //~ BP11 medium
            tokio::time::sleep(BEAT).await;
        }
    }
}
