// A loop over what happens on a network: a task for each session that begins is as one for each
// connection that is accepted, one for each packet is not.
use futures::{Stream, StreamExt};
use tokio::sync::mpsc;

pub enum Event {
    SessionOpened { peer: u64, requests: mpsc::Sender<u64> },
    Packet { peer: u64, bytes: Vec<u8> },
}

pub struct Network;

impl Network {
    pub fn listen(&self) -> impl Stream<Item = Event> + Unpin {
        futures::stream::empty()
    }
}

pub async fn greet(network: Network) {
    let mut event_stream = network.listen();
    while let Some(event) = event_stream.next().await {
        if let Event::SessionOpened { peer, requests } = event {
            tokio::spawn(async move { //~ BP03 low
                ask_for_blocks(peer, requests).await;
            });
        }
    }
}

pub async fn count(network: Network) {
    let mut event_stream = network.listen();
    while let Some(event) = event_stream.next().await {
        if let Event::Packet { peer, bytes } = event {
            tokio::spawn(async move { //~ BP03 medium
                take_in(peer, bytes).await;
            });
        }
    }
}

async fn ask_for_blocks(_peer: u64, _requests: mpsc::Sender<u64>) {}

async fn take_in(_peer: u64, _bytes: Vec<u8>) {}
