// A place stands for a permit that was taken and forgotten: its end adds the permit back. A task that owns
// the place is one of as many as there are permits. A place that ends with the call bounds no task.
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::{Router, routing::post};
use std::sync::Arc;
use tokio::sync::Semaphore;

pub struct Rack {
    free: Semaphore,
}

pub struct Place {
    rack: Arc<Rack>,
}

impl Drop for Place {
    fn drop(&mut self) {
        self.rack.free.add_permits(1);
    }
}

impl Rack {
    fn take(self: &Arc<Self>) -> Option<Place> {
        self.free.try_acquire().ok()?.forget();
        Some(Place { rack: Arc::clone(self) })
    }
}

async fn dry(coat: u64) {
    let _ = tokio::fs::write(format!("{coat}.dry"), b"").await;
}

pub fn router(rack: Arc<Rack>) -> Router {
    Router::new()
        .route("/hang/{coat}", post(hang))
        .route("/drop/{coat}", post(drop_off))
        .with_state(rack)
}

async fn hang(State(rack): State<Arc<Rack>>, Path(coat): Path<u64>) -> StatusCode {
    let Some(place) = rack.take() else {
        return StatusCode::TOO_MANY_REQUESTS;
    };
    tokio::spawn(async move {
        let _place = place;
        dry(coat).await;
    });
    StatusCode::ACCEPTED
}

async fn drop_off(Path(coat): Path<u64>) -> StatusCode {
    tokio::spawn(dry(coat)); //~ BP03 high
    StatusCode::ACCEPTED
}
