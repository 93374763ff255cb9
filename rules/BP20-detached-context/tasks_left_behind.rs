// A task whose handle is dropped goes on, and one of two that are waited for hears of no end.
use std::sync::Arc;
use tokio::sync::watch::Receiver;
use tokio::task::{JoinHandle, JoinSet};
use tokio_util::sync::CancellationToken;

pub trait Archive: Send + Sync + 'static {
    fn pack(&self, year: u32) -> impl Future<Output = u64> + Send;
}

pub struct Keeper<A> {
    archive: Arc<A>,
}

impl<A: Archive> Keeper<A> {
    fn start(&self, years: Vec<u32>) -> JoinHandle<u64> {
        let archive = self.archive.clone();
        tokio::spawn(async move { //~ BP20 medium
            let mut packed = 0;
            for year in years {
                packed += archive.pack(year).await;
            }
            packed
        })
    }

    pub async fn pack(&self, years: Vec<u32>, stop: CancellationToken) -> Option<u64> {
        let packing = self.start(years);
        tokio::select! {
            packed = packing => packed.ok(),
            _ = stop.cancelled() => None,
        }
    }

    fn start_again(&self, years: Vec<u32>) -> JoinHandle<u64> {
        let archive = self.archive.clone();
        tokio::spawn(async move {
            let mut packed = 0;
            for year in years {
                packed += archive.pack(year).await;
            }
            packed
        })
    }

    // The arm that returns ends the task first.
    pub async fn pack_or_abort(&self, years: Vec<u32>, stop: CancellationToken) -> Option<u64> {
        let mut packing = self.start_again(years);
        tokio::select! {
            packed = &mut packing => packed.ok(),
            _ = stop.cancelled() => {
                packing.abort();
                None
            }
        }
    }

    // The task looks at the token in every turn.
    pub async fn pack_with_token(&self, years: Vec<u32>, stop: CancellationToken) -> Option<u64> {
        let (archive, own) = (self.archive.clone(), stop.child_token());
        let packing = tokio::spawn(async move {
            let mut packed = 0;
            for year in years {
                if own.is_cancelled() {
                    break;
                }
                packed += archive.pack(year).await;
            }
            packed
        });
        tokio::select! {
            packed = packing => packed.ok(),
            _ = stop.cancelled() => None,
        }
    }
}

pub async fn both<A: Archive>(archive: Arc<A>, stop: CancellationToken) {
    let mut tasks = JoinSet::new();
    tasks.spawn(newest(archive.clone(), stop.clone()));
    tasks.spawn(oldest(archive)); //~ BP20 medium
    while tasks.join_next().await.is_some() {}
}

async fn newest<A: Archive>(archive: Arc<A>, stop: CancellationToken) {
    for year in (2000..2030).rev() {
        if stop.is_cancelled() {
            return;
        }
        archive.pack(year).await;
    }
}

async fn oldest<A: Archive>(archive: Arc<A>) {
    for year in 1900..2000 {
        archive.pack(year).await;
    }
}

// Whoever returns drops the set, and with it all its tasks.
pub async fn both_until<A: Archive>(archive: Arc<A>, stop: CancellationToken) {
    let mut tasks = JoinSet::new();
    tasks.spawn(newest(archive.clone(), stop.clone()));
    tasks.spawn(older(archive));
    loop {
        tokio::select! {
            _ = stop.cancelled() => return,
            ended = tasks.join_next() => if ended.is_none() {
                return;
            },
        }
    }
}

async fn older<A: Archive>(archive: Arc<A>) {
    for year in 1800..1900 {
        archive.pack(year).await;
    }
}

// One call is as long as many, where somebody has given up waiting for it.
pub async fn newest_year<A: Archive>(archive: Arc<A>, stop: CancellationToken) -> Option<u64> {
    let packing = tokio::spawn(async move { archive.pack(2030).await }); //~ BP20 medium
    tokio::select! {
        packed = packing => packed.ok(),
        _ = stop.cancelled() => None,
    }
}

pub async fn first_year<A: Archive>(archive: Arc<A>, mut stop: Receiver<bool>) -> Option<u64> {
    let packing = tokio::spawn(async move { archive.pack(1800).await }); //~ BP20 medium
    tokio::select! {
        packed = packing => packed.ok(),
        _ = stop.changed() => None,
    }
}

// The task waits until it is told, too.
pub async fn last_year<A: Archive>(archive: Arc<A>, stop: CancellationToken) -> Option<u64> {
    let own = stop.clone();
    let packing = tokio::spawn(async move { own.run_until_cancelled(archive.pack(2029)).await });
    tokio::select! {
        packed = packing => packed.ok().flatten(),
        _ = stop.cancelled() => None,
    }
}

// A handle that is kept is waited for later.
pub struct Press<A> {
    archive: Arc<A>,
    packing: Option<JoinHandle<u64>>,
}

impl<A: Archive> Press<A> {
    pub async fn go_on(&mut self, stop: CancellationToken) -> Option<u64> {
        let archive = self.archive.clone();
        self.packing = Some(tokio::spawn(async move { archive.pack(2028).await }));
        let packing = self.packing.as_mut()?;
        tokio::select! {
            packed = packing => packed.ok(),
            _ = stop.cancelled() => None,
        }
    }
}

// What the task was given tells it.
pub async fn next_year<A: Archive>(archive: Arc<A>, mut stop: Receiver<bool>) -> Option<u64> {
    let packing = tokio::spawn(pack_until(archive, stop.clone()));
    tokio::select! {
        packed = packing => packed.ok(),
        _ = stop.changed() => None,
    }
}

async fn pack_until<A: Archive>(archive: Arc<A>, stop: Receiver<bool>) -> u64 {
    let mut packed = 0;
    for year in 2031..2040 {
        if *stop.borrow() {
            break;
        }
        packed += archive.pack(year).await;
    }
    packed
}
