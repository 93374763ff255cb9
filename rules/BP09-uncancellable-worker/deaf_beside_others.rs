//highwater:nocompile needs courier
// A stop that the other workers hear does not come to the one that only waits for its stream. One that selects on it,
// whose stream is cut by it, or whose stop closes where the stream comes from, ends.
use courier::{Client, Feed};
use tokio_util::sync::CancellationToken;

pub struct Relay {
    client: Client,
    halt: CancellationToken,
}

impl Relay {
    pub fn sweep(&self) {
        let halt = self.halt.clone();
        tokio::spawn(async move {
            loop {
                tokio::select! {
                    _ = halt.cancelled() => return,
                    _ = tokio::time::sleep(std::time::Duration::from_secs(9)) => {}
                }
                tracing::info!("swept");
            }
        });
    }

    pub async fn parcels(&self) {
        let mut parcels = self.client.feed("parcels").await;
        tokio::spawn(async move {
            while let Some(parcel) = parcels.next().await { //~ BP09 medium
                tracing::info!(parcel, "parcel");
            }
        });
    }

    pub async fn letters(&self) {
        let mut letters = self.client.feed("letters").await.take_until(self.halt.clone().cancelled_owned());
        tokio::spawn(async move {
            while let Some(letter) = letters.next().await {
                tracing::info!(letter, "letter");
            }
        });
    }

    pub fn stop(&self) {
        self.halt.cancel();
    }
}

pub struct Line {
    client: Client,
    halt: CancellationToken,
}

impl Line {
    pub fn sweep(&self) {
        let halt = self.halt.clone();
        tokio::spawn(async move {
            loop {
                tokio::select! {
                    _ = halt.cancelled() => return,
                    _ = tokio::time::sleep(std::time::Duration::from_secs(9)) => {}
                }
                tracing::info!("swept");
            }
        });
    }

    pub async fn calls(&self) {
        let mut calls: Feed = self.client.feed("calls").await;
        tokio::spawn(async move {
            while let Some(call) = calls.next().await {
                tracing::info!(call, "call");
            }
        });
    }

    pub async fn stop(&self) {
        self.halt.cancel();
        self.client.close().await;
    }
}
