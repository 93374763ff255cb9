// A stream that works on some items at once has so many workers. The times are told by what stands on them.
use std::time::Duration;

use futures::StreamExt;
use tokio::sync::{mpsc, oneshot};
use tokio_stream::wrappers::ReceiverStream;

const SCALES: usize = 6;
/// One parcel takes so long.
const ON_THE_SCALE: Duration = Duration::from_millis(40);
/// Clients give up after this.
const LIMIT: Duration = Duration::from_millis(400);

pub struct Parcel {
    grams: u64,
    reply: oneshot::Sender<u64>,
}

pub fn weigh() -> mpsc::Sender<Parcel> {
    tracing::info!("{ON_THE_SCALE:?} of {LIMIT:?}");
    let (tx, rx) = mpsc::channel::<Parcel>(3_000); //~ BP19 medium
    tokio::spawn(async move {
        ReceiverStream::new(rx)
            .for_each_concurrent(SCALES, |parcel| async move {
                let _ = parcel.reply.send(parcel.grams);
            })
            .await;
    });
    tx
}

pub struct Letter {
    grams: u64,
    reply: oneshot::Sender<u64>,
}

pub fn stamp() -> mpsc::Sender<Letter> {
    let (tx, rx) = mpsc::channel::<Letter>(54);
    tokio::spawn(async move {
        ReceiverStream::new(rx)
            .map(|letter: Letter| async move { letter.reply.send(letter.grams) })
            .buffer_unordered(SCALES)
            .for_each(|_| async {})
            .await;
    });
    tx
}
