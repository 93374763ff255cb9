// A limit around the call that leads to a send ends the send with it, also from the arm of a select. Where one way to the
// send has no limit, nothing ends it there.
use axum::Router;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::routing::post;
use std::time::Duration;
use tokio::sync::mpsc;
use tokio::time::{sleep, timeout};

const PATIENCE: Duration = Duration::from_millis(400);

#[derive(Clone)]
pub struct Mill {
    sacks: mpsc::Sender<u64>,
}

impl Mill {
    async fn bring(&self, sack: u64) -> Result<(), StatusCode> {
        let place = self.sacks.reserve().await.map_err(|_| StatusCode::GONE)?;
        place.send(sack);
        Ok(())
    }
}

async fn in_time(State(mill): State<Mill>, Path(sack): Path<u64>) -> StatusCode {
    match timeout(PATIENCE, mill.bring(sack)).await {
        Ok(Ok(())) => StatusCode::ACCEPTED,
        Ok(Err(status)) => status,
        Err(_) => StatusCode::SERVICE_UNAVAILABLE,
    }
}

async fn beside_a_clock(State(mill): State<Mill>, Path(sack): Path<u64>) -> StatusCode {
    tokio::select! {
        brought = mill.bring(sack) => match brought {
            Ok(()) => StatusCode::ACCEPTED,
            Err(status) => status,
        },
        () = sleep(PATIENCE) => StatusCode::SERVICE_UNAVAILABLE,
    }
}

#[derive(Clone)]
pub struct Press {
    fruit: mpsc::Sender<u64>,
}

impl Press {
    async fn bring(&self, crate_of: u64) -> Result<(), StatusCode> {
        let place = self.fruit.reserve().await.map_err(|_| StatusCode::GONE)?; //~ BP06 high
        place.send(crate_of);
        Ok(())
    }
}

async fn patient(State(press): State<Press>, Path(crate_of): Path<u64>) -> StatusCode {
    match press.bring(crate_of).await {
        Ok(()) => StatusCode::ACCEPTED,
        Err(status) => status,
    }
}

async fn impatient(State(press): State<Press>, Path(crate_of): Path<u64>) -> StatusCode {
    let brought = press.bring(crate_of);
    timeout(PATIENCE, brought).await.map_or(StatusCode::SERVICE_UNAVAILABLE, |_| StatusCode::ACCEPTED)
}

async fn grind(mut sacks: mpsc::Receiver<u64>) {
    while let Some(sack) = sacks.recv().await {
        let _ = tokio::fs::write("flour", sack.to_le_bytes()).await;
    }
}

async fn squeeze(mut fruit: mpsc::Receiver<u64>) {
    while let Some(crate_of) = fruit.recv().await {
        let _ = tokio::fs::write("juice", crate_of.to_le_bytes()).await;
    }
}

pub fn routes() -> Router {
    let (sacks, to_grind) = mpsc::channel(12);
    let (fruit, to_squeeze) = mpsc::channel(12);
    tokio::spawn(grind(to_grind));
    tokio::spawn(squeeze(to_squeeze));
    let mill = Router::new()
        .route("/sacks/{sack}", post(in_time))
        .route("/sacks/{sack}/now", post(beside_a_clock))
        .with_state(Mill { sacks });
    let press = Router::new()
        .route("/fruit/{crate}", post(patient))
        .route("/fruit/{crate}/now", post(impatient))
        .with_state(Press { fruit });
    mill.merge(press)
}
