// A failure that is offered as the last that is sent: the other side sees an end without the word for it, which
// a format with an end of its own tells apart. A failure among other items is lost.
use tokio::sync::mpsc;

pub struct Broken;

async fn pack(to: &mpsc::Sender<Result<Vec<u8>, Broken>>) -> Result<(), Broken> {
    to.send(Ok(Vec::new())).await.map_err(|_| Broken)
}

pub fn archive() -> mpsc::Receiver<Result<Vec<u8>, Broken>> {
    let (tx, rx) = mpsc::channel(8);
    tokio::spawn(async move {
        if let Err(err) = pack(&tx).await {
            let _ = tx.try_send(Err(err)); //~ BP07 low
        }
    });
    rx
}

pub async fn archives(tx: mpsc::Sender<Result<Vec<u8>, Broken>>, count: u32) {
    for _ in 0..count {
        if let Err(err) = pack(&tx).await {
            let _ = tx.try_send(Err(err)); //~ BP07 high
        }
    }
}
