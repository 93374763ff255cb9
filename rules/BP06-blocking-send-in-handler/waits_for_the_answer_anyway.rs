//highwater:nocompile needs queries
// A question with its reply channel: whoever asks waits for the answer, too, and stops waiting when
// its client leaves. What nobody answers only waits for room.
use axum::extract::State;
use std::sync::Arc;
use tokio::sync::{mpsc, oneshot};

pub enum Ask {
    Get(u64, oneshot::Sender<Option<String>>),
    Forget(u64),
}

pub struct Store {
    asks: mpsc::Sender<Ask>,
}

impl Store {
    pub fn open() -> (Store, mpsc::Receiver<Ask>) {
        let (asks, asked) = mpsc::channel(64);
        (Store { asks }, asked)
    }
}

pub async fn look_up(State(store): State<Arc<Store>>) -> Result<String, String> {
    let (reply, answer) = oneshot::channel();
    store.asks.send(Ask::Get(7, reply)).await.map_err(|_| "closed")?; //~ BP06 low
    let found = answer.await.map_err(|_| "closed")?;
    found.ok_or_else(|| "not here".to_owned())
}

pub async fn forget(State(store): State<Arc<Store>>) -> Result<(), String> {
    store.asks.send(Ask::Forget(7)).await.map_err(|_| "closed".to_owned()) //~ BP06 high
}

// Of an answer's channel whose kind is not in view: what is not awaited does not wait.
pub async fn cancel(State(work): State<Arc<crate::queries::Running>>) -> &'static str {
    for (_, running) in work.take_all().await {
        for sender in running.senders.into_iter().rev() {
            let _ = sender.send(());
        }
    }
    "cancelled"
}

// Who waits for the answer with a limit has less patience than the question takes to be put.
pub enum Count {
    Of(String, oneshot::Sender<u64>),
}

pub struct Counts {
    counts: mpsc::Sender<Count>,
}

impl Counts {
    pub fn open() -> (Counts, mpsc::Receiver<Count>) {
        let (counts, counted) = mpsc::channel(64);
        (Counts { counts }, counted)
    }
}

pub async fn count(State(counts): State<Arc<Counts>>) -> Result<String, String> {
    let (reply, answer) = oneshot::channel();
    let ask = Count::Of("pages".to_owned(), reply);
    counts.counts.send(ask).await.map_err(|_| "closed")?; //~ BP06 medium
    match tokio::time::timeout(std::time::Duration::from_secs(1), answer).await {
        Ok(Ok(count)) => Ok(count.to_string()),
        _ => Err("too late".to_owned()),
    }
}
