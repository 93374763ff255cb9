// Nothing bounds the channel, but each send waits for time to go by, or for its chance.
use std::time::{Duration, Instant};
use tokio::sync::mpsc::{self, UnboundedSender};

pub struct Beat {
    pub from: String,
}

pub fn beats(name: String) {
    let (beats, mut seen) = mpsc::unbounded_channel(); //~ BP01 low
    tokio::spawn(async move {
        while let Some(beat) = seen.recv().await {
            note(beat).await;
        }
    });
    tokio::spawn(keep_alive(name, beats));
}

async fn keep_alive(name: String, beats: UnboundedSender<Beat>) {
    let mut last = Instant::now();
    loop {
        if last.elapsed() > Duration::from_secs(5) {
            last = Instant::now();
            let _ = beats.send(Beat { from: name.clone() });
        }
        work().await;
    }
}

async fn note(_beat: Beat) {}
async fn work() {}
