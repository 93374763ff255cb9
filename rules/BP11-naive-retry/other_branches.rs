// A pause that stands beside: where there is no token, in a branch that only tests are built with, in another
// arm than the work. And a turn that takes the next of what is left is no other try of the same.
use std::collections::VecDeque;
use std::time::{Duration, Instant};
use tokio::sync::mpsc::Receiver;
use tokio_util::sync::CancellationToken;

pub struct Peer {
    link: tokio::net::UdpSocket,
}

#[derive(Debug)]
pub struct Fault;

impl Peer {
    async fn greet(&self) -> Result<(), Fault> {
        self.link.send(b"hello").await.map(|_| ()).map_err(|_| Fault)
    }
}

fn pause(tried: u32) -> Duration {
    let whole = Duration::from_millis(50 << tried.min(8));
    whole.mul_f64(rand::random::<f64>())
}

pub async fn until_greeted(peer: &Peer, stop: Option<CancellationToken>) {
    let mut tried = 0;
    loop {
        if peer.greet().await.is_ok() {
            return;
        }
        tried += 1;
        if let Some(stop) = stop.as_ref() {
            tokio::select! {
                _ = stop.cancelled() => return,
                _ = tokio::time::sleep(pause(tried)) => {}
            }
        } else {
            tokio::time::sleep(pause(tried)).await;
        }
    }
}

async fn candidate(left: &tokio::sync::Mutex<VecDeque<Peer>>) -> Option<Peer> {
    left.lock().await.pop_front()
}

pub async fn any_of(left: &tokio::sync::Mutex<VecDeque<Peer>>) -> Result<(), Fault> {
    let mut is_wanted = true;
    let mut last = Fault;
    while is_wanted {
        #[cfg(test)]
        if left.lock().await.is_empty() {
            tokio::time::sleep(Duration::from_secs(1)).await;
            continue;
        }
        let mut found = None;
        while let Some(peer) = candidate(left).await {
            found = Some(peer);
            break;
        }
        let Some(peer) = found else {
            return Err(last);
        };
        match peer.greet().await {
            Ok(()) => is_wanted = false,
            Err(fault) => last = fault,
        }
    }
    Ok(())
}

pub async fn by_news(mut news: Receiver<u64>, wanted: u64, peer: &Peer) -> Result<(), Fault> {
    let began = Instant::now();
    while began.elapsed() < Duration::from_secs(5) {
        tokio::select! {
            Some(seen) = news.recv() => {
                if seen == wanted {
                    if let Err(fault) = peer.greet().await {
                        eprintln!("{fault:?}");
                    } else {
                        return Ok(());
                    }
                }
            }
            _ = tokio::time::sleep(Duration::from_millis(100)) => {}
        }
    }
    Err(Fault)
}

// The same pause in the way of the work is one.
pub async fn by_itself(peer: &Peer) -> Result<(), Fault> {
    let began = Instant::now();
    while began.elapsed() < Duration::from_secs(5) { //~ BP11 medium
        if let Err(fault) = peer.greet().await {
            eprintln!("{fault:?}");
        } else {
            return Ok(());
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    Err(Fault)
}
