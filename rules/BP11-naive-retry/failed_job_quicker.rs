//highwater:nocompile needs wire
// A job at its own beat that is tried again sooner when it failed: at a fixed beat, and with a wait that
// grows and differs.
use std::time::Duration;

use tokio_util::sync::CancellationToken;

pub struct Shelf {
    store: wire::Client,
}

pub async fn tidy(shelf: Shelf, every: Duration, cancel: CancellationToken) {
    loop { //~ BP11 low
        let pause = if let Err(error) = shelf.store.request_tidying().await {
            tracing::error!("{error}");
            Duration::from_secs(2)
        } else {
            every
        };
        if tokio::time::timeout(pause, cancel.cancelled()).await.is_ok() {
            break;
        }
    }
}

pub async fn tidy_gently(shelf: Shelf, every: Duration, cancel: CancellationToken) {
    let mut ceiling = Duration::from_secs(1);
    loop {
        let pause = if let Err(error) = shelf.store.request_tidying().await {
            tracing::error!("{error}");
            ceiling = (ceiling * 2).min(Duration::from_secs(300));
            ceiling.mul_f64(rand::random())
        } else {
            ceiling = Duration::from_secs(1);
            every
        };
        if tokio::time::timeout(pause, cancel.cancelled()).await.is_ok() {
            break;
        }
    }
}
