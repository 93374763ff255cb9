// One task tries now and then and is told to stop in between; or who runs it stops it at any moment, in an arm of a
// select, in a race or under a limit of time. A quicker beat, or one that nobody ends, is another thing.
use std::pin::pin;
use std::time::Duration;
use tokio::sync::{mpsc, oneshot};
use tokio_util::sync::CancellationToken;

pub struct Lost;

pub struct Peer {
    link: tokio::net::UdpSocket,
}

impl Peer {
    async fn connect(&self) -> Result<u32, Lost> {
        self.link.send(b"hello").await.map(|_| 1).map_err(|_| Lost)
    }

    async fn settle(&self) -> Result<(), Lost> {
        self.link.send(b"settle").await.map(|_| ()).map_err(|_| Lost)
    }
}

pub async fn settled(peer: &Peer, stop: CancellationToken) {
    loop { //~ BP11 low
        match peer.settle().await {
            Ok(()) => return,
            Err(_) => tokio::select! {
                _ = stop.cancelled() => return,
                _ = tokio::time::sleep(Duration::from_secs(5)) => {}
            },
        }
    }
}

pub async fn settled_soon(peer: &Peer, stop: CancellationToken) {
    loop { //~ BP11 medium
        match peer.settle().await {
            Ok(()) => return,
            Err(_) => tokio::select! {
                _ = stop.cancelled() => return,
                _ = tokio::time::sleep(Duration::from_millis(500)) => {}
            },
        }
    }
}

pub async fn kept(peer: &Peer, news: mpsc::Sender<u32>) {
    loop { //~ BP11 low
        match peer.connect().await {
            Ok(found) => {
                if news.send(found).await.is_err() {
                    return;
                }
            }
            Err(_) => {
                if news.is_closed() {
                    return;
                }
                tokio::time::sleep(Duration::from_secs(10)).await;
            }
        }
    }
}

async fn caught_up(peer: &Peer) {
    loop { //~ BP11 medium
        match peer.settle().await {
            Ok(()) => return,
            Err(_) => tokio::time::sleep(Duration::from_millis(300)).await,
        }
    }
}

pub async fn moved(peer: &Peer, stop: CancellationToken) {
    tokio::select! {
        () = caught_up(peer) => {}
        _ = stop.cancelled() => {}
    }
}

async fn caught_up_alone(peer: &Peer) {
    loop { //~ BP11 medium
        match peer.settle().await {
            Ok(()) => return,
            Err(_) => tokio::time::sleep(Duration::from_millis(300)).await,
        }
    }
}

pub async fn moved_alone(peer: &Peer) {
    caught_up_alone(peer).await;
}

pub async fn turned_over(peer: &Peer, stop: oneshot::Receiver<()>) {
    let turning = async move {
        loop { //~ BP11 low
            match peer.settle().await {
                Ok(()) => return,
                Err(_) => tokio::time::sleep(Duration::from_secs(6)).await,
            }
        }
    };
    futures::future::select(pin!(turning), stop).await;
}

pub async fn allowed(peer: &Peer) -> bool {
    let asked = async {
        while peer.settle().await.is_err() { //~ BP11 low
            tokio::time::sleep(Duration::from_millis(500)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(120), asked).await.is_ok()
}

// A copy of a token that nobody ends has no ear to lend.
pub async fn copied(peer: &Peer) -> Result<(), Lost> {
    let never = CancellationToken::new();
    let token = never.clone();
    let mut tried = 0;
    loop { //~ BP11 low
        match peer.settle().await {
            Ok(()) => return Ok(()),
            Err(lost) if token.is_cancelled() || tried > 8 => return Err(lost),
            Err(_) => tried += 1,
        }
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
}
