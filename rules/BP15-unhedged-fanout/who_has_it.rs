// All are asked, since nobody knows which of them has the thing: only that one answers with it. A
// read that any replica answers is sent to all for nothing.
use std::time::Duration;
use tokio::sync::mpsc;
use tokio::time::timeout;

#[derive(Clone)]
pub struct Peer;

pub struct Answer {
    pub owner: Option<String>,
    pub value: String,
}

impl Peer {
    async fn ask(&self, _name: &str) -> Result<Answer, std::io::Error> {
        Err(std::io::Error::other("nobody"))
    }
}

pub async fn find_owner(peers: Vec<Peer>, name: String) -> Option<String> {
    let (tx, mut rx) = mpsc::channel(peers.len());
    for peer in peers { //~ BP15 low
        let (tx, name) = (tx.clone(), name.clone());
        tokio::spawn(async move {
            match peer.ask(&name).await {
                Ok(answer) => {
                    if let Some(owner) = answer.owner {
                        let _ = tx.send(owner).await;
                    }
                }
                Err(error) => tracing::warn!("no answer: {error}"),
            }
        });
    }
    timeout(Duration::from_secs(2), rx.recv()).await.ok().flatten()
}

pub async fn read(peers: Vec<Peer>, name: String) -> Option<String> {
    let (tx, mut rx) = mpsc::channel(peers.len());
    for peer in peers { //~ BP15 high
        let (tx, name) = (tx.clone(), name.clone());
        tokio::spawn(async move {
            match peer.ask(&name).await {
                Ok(answer) => {
                    let _ = tx.send(answer.value).await;
                }
                Err(error) => tracing::warn!("no answer: {error}"),
            }
        });
    }
    timeout(Duration::from_secs(2), rx.recv()).await.ok().flatten()
}
