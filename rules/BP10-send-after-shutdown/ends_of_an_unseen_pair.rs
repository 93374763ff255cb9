//highwater:nocompile needs weir
// A piece of a file: where the pair is made is not in view. There is one receiving end of what the sender sends, so they
// are of one channel: the owner's own stop makes it leave. Of two receiving ends nobody knows which.
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;
use weir::{Basin, Ditch, Drop, Flood};

pub struct Gauge {
    drops: mpsc::Sender<Drop>,
    stop: CancellationToken,
}

impl Gauge {
    pub async fn measure(&self, drop: Drop) {
        self.drops.send(drop).await.expect("somebody counts"); //~ BP10 high
    }

    pub fn close(&self) {
        self.stop.cancel();
    }
}

async fn count(mut drops: mpsc::Receiver<Drop>, stop: CancellationToken, basin: Basin) {
    loop {
        tokio::select! {
            _ = stop.cancelled() => break,
            drop = drops.recv() => match drop {
                Some(drop) => basin.add(drop),
                None => return,
            },
        }
    }
    drops.close();
    while let Some(drop) = drops.recv().await {
        basin.add(drop);
    }
}

pub struct Sluice {
    floods: mpsc::Sender<Flood>,
    stop: CancellationToken,
}

impl Sluice {
    pub async fn open(&self, flood: Flood) {
        self.floods.send(flood).await.expect("somebody drains");
    }

    pub fn close(&self) {
        self.stop.cancel();
    }
}

async fn drain_left(mut floods: mpsc::Receiver<Flood>, stop: CancellationToken, ditch: Ditch) {
    loop {
        tokio::select! {
            _ = stop.cancelled() => break,
            Some(flood) = floods.recv() => ditch.take(flood),
        }
    }
}

async fn drain_right(mut floods: mpsc::Receiver<Flood>, ditch: Ditch) {
    while let Some(flood) = floods.recv().await {
        ditch.take(flood);
    }
}
