// The first queue is emptied by a loop that only keeps books: it waits for nothing but what comes
// next. The second one's loop waits for a disk, the third one's for another queue.
use axum::extract::State;
use axum::http::StatusCode;
use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::mpsc;

pub struct Office {
    votes: mpsc::Sender<String>,
    deeds: mpsc::Sender<String>,
    parcels: mpsc::Sender<String>,
}

#[derive(Default)]
struct Count {
    names: HashMap<String, u64>,
}

impl Count {
    async fn run(mut self, mut cast: mpsc::Receiver<String>) {
        let mut clock = tokio::time::interval(Duration::from_secs(1));
        loop {
            tokio::select! {
                vote = cast.recv() => match vote {
                    Some(vote) => self.add(vote),
                    None => return,
                },
                _ = clock.tick() => self.tell(),
            }
        }
    }

    fn add(&mut self, vote: String) {
        *self.names.entry(vote).or_default() += 1;
    }

    fn tell(&self) {
        tracing::info!(names = self.names.len(), "counted so far");
    }
}

async fn keep(mut signed: mpsc::Receiver<String>) {
    let mut clock = tokio::time::interval(Duration::from_secs(60));
    loop {
        tokio::select! {
            deed = signed.recv() => match deed {
                Some(deed) => file(&deed),
                None => return,
            },
            _ = clock.tick() => tracing::info!("still here"),
        }
    }
}

fn file(deed: &str) {
    std::fs::write("deed", deed).ok();
}

async fn carry(mut packed: mpsc::Receiver<String>, van: mpsc::Sender<String>) {
    let mut clock = tokio::time::interval(Duration::from_secs(60));
    loop {
        tokio::select! {
            parcel = packed.recv() => match parcel {
                Some(parcel) => van.send(parcel).await.unwrap_or_default(),
                None => return,
            },
            _ = clock.tick() => tracing::info!("still driving"),
        }
    }
}

pub fn open(van: mpsc::Sender<String>) -> Arc<Office> {
    let (votes, cast) = mpsc::channel(64);
    let (deeds, signed) = mpsc::channel(64);
    let (parcels, packed) = mpsc::channel(64);
    tokio::spawn(Count::default().run(cast));
    tokio::spawn(keep(signed));
    tokio::spawn(carry(packed, van));
    Arc::new(Office { votes, deeds, parcels })
}

pub async fn vote(State(office): State<Arc<Office>>, body: String) -> StatusCode {
    office.votes.send(body).await.ok(); //~ BP06 low
    StatusCode::ACCEPTED
}

pub async fn sign(State(office): State<Arc<Office>>, body: String) -> StatusCode {
    office.deeds.send(body).await.ok(); //~ BP06 high
    StatusCode::ACCEPTED
}

pub async fn pack(State(office): State<Arc<Office>>, body: String) -> StatusCode {
    office.parcels.send(body).await.ok(); //~ BP06 high
    StatusCode::ACCEPTED
}
