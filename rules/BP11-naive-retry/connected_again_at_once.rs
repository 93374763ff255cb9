//highwater:nocompile needs wire
// A connection that breaks is made again at once, as often as the other side ends it. Dialling may have
// its own pace; what happens after it has none. And a service that is started anew when it broke.
use std::time::Duration;

pub struct Relay {
    address: String,
}

impl Relay {
    async fn dial(&self) -> Option<wire::Client> {
        wire::dial(&self.address).await.ok()
    }

    async fn stay_connected(&self, client: wire::Client) -> Result<(), wire::Error> {
        client.pump().await?;
        Ok(())
    }

    pub async fn run(self) {
        loop { //~ BP11 low
            let Some(client) = self.dial().await else {
                break;
            };
            match self.stay_connected(client).await {
                Ok(()) => break,
                Err(error) => tracing::debug!("lost: {error}"),
            }
        }
    }
}

pub struct Controller {
    store: wire::Client,
}

impl Controller {
    async fn reconcile(&self) -> Result<(), wire::Error> {
        loop {
            self.store.request_changes().await?;
        }
    }

    pub async fn keep_going(self) {
        while self.store.is_open() { //~ BP11 low
            if let Err(error) = self.reconcile().await {
                tracing::error!("{error}");
                tokio::time::sleep(Duration::from_secs(10)).await;
            }
        }
    }
}
