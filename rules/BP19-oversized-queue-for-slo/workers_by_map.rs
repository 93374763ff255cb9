// Workers that are started by a map over a range are as many as the range is long. Who asks waits
// for the answer no longer than so: that is the objective, also where the queue is handed in.
use std::thread::{self, JoinHandle};
use std::time::Duration;

use crossbeam_channel::{bounded, Receiver, Sender};
use tokio::sync::oneshot;

const RENDERERS: usize = 16;
const SORTERS: usize = 2;
const ONE_ITEM: Duration = Duration::from_millis(5);
const PATIENCE: Duration = Duration::from_millis(500);

pub struct Item {
    id: u64,
    reply: oneshot::Sender<u64>,
}

pub struct Label {
    id: u64,
    reply: oneshot::Sender<u64>,
}

pub fn renderers() -> (Sender<Item>, Vec<JoinHandle<()>>) {
    tracing::info!("an item takes {ONE_ITEM:?}");
    let (tx, rx) = bounded(1_024);
    let threads = (0..RENDERERS)
        .map(|_| {
            let rx = rx.clone();
            thread::spawn(move || render(rx))
        })
        .collect();
    (tx, threads)
}

fn render(items: Receiver<Item>) {
    for item in items {
        let _ = item.reply.send(item.id);
    }
}

pub fn sorters() -> Sender<Label> {
    let (tx, rx) = bounded(1_000); //~ BP19 medium
    (0..SORTERS).for_each(|_| {
        let rx = rx.clone();
        thread::spawn(move || sort(rx));
    });
    tx
}

fn sort(labels: Receiver<Label>) {
    for label in labels {
        let _ = label.reply.send(label.id);
    }
}

pub async fn rendered(items: &Sender<Item>, id: u64) -> Option<u64> {
    let (reply, answer) = oneshot::channel();
    items.try_send(Item { id, reply }).ok()?;
    tokio::time::timeout(PATIENCE, answer).await.ok()?.ok()
}

pub async fn sorted(labels: &Sender<Label>, id: u64) -> Option<u64> {
    let (reply, answer) = oneshot::channel();
    labels.try_send(Label { id, reply }).ok()?;
    tokio::time::timeout(PATIENCE, answer).await.ok()?.ok()
}
