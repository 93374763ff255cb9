// Each request starts a task, but only one of them works: what they run begins by taking a flag and
// returns when another one has it. A task that works whoever has the flag is one for each request.
use axum::extract::State;
use axum::http::StatusCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

pub struct Cleaner {
    is_at_it: AtomicBool,
}

impl Cleaner {
    fn begin(&self) -> bool {
        self.is_at_it
            .compare_exchange(false, true, Ordering::SeqCst, Ordering::SeqCst)
            .is_ok()
    }

    pub async fn clean(&self) -> Result<(), std::io::Error> {
        if !self.begin() {
            return Err(std::io::Error::other("at it already"));
        }
        remove_old().await;
        self.is_at_it.store(false, Ordering::SeqCst);
        Ok(())
    }
}

pub async fn clean(State(cleaner): State<Arc<Cleaner>>) -> StatusCode {
    tokio::spawn(async move {
        if let Err(error) = cleaner.clean().await {
            tracing::warn!("no cleaning: {error}");
        }
    });
    StatusCode::ACCEPTED
}

pub async fn clean_here(State(cleaner): State<Arc<Cleaner>>) -> StatusCode {
    tokio::spawn(async move {
        if cleaner.is_at_it.swap(true, Ordering::SeqCst) {
            return;
        }
        remove_old().await;
        cleaner.is_at_it.store(false, Ordering::SeqCst);
    });
    StatusCode::ACCEPTED
}

pub async fn clean_and_count(State(cleaner): State<Arc<Cleaner>>) -> StatusCode {
    tokio::spawn(async move { //~ BP03 high
        cleaner.clean().await.ok();
        count_all().await;
    });
    StatusCode::ACCEPTED
}

pub fn router(cleaner: Arc<Cleaner>) -> axum::Router {
    use axum::routing::post;
    axum::Router::new()
        .route("/clean", post(clean))
        .route("/clean-here", post(clean_here))
        .route("/count", post(clean_and_count))
        .with_state(cleaner)
}

async fn remove_old() {}

async fn count_all() {}
