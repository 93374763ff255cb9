//! Signals that coalesce, and channels that keep only the newest: what is not sent is not lost.
use tokio::sync::{broadcast, mpsc, watch};

struct Board {
    wake: mpsc::Sender<()>,
    latest: watch::Sender<f64>,
    news: broadcast::Sender<f64>,
}

impl Board {
    fn new() -> (Board, mpsc::Receiver<()>) {
        let (wake, woken) = mpsc::channel(1);
        let latest = watch::Sender::new(0.0);
        let (news, _) = broadcast::channel(16);
        (Board { wake, latest, news }, woken)
    }

    fn publish(&self, value: f64) {
        let _ = self.latest.send(value);
        let _ = self.news.send(value);
        let _ = self.wake.try_send(());
    }
}
