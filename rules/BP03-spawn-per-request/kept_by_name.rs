// A task that is kept under the name of what it works on, and only started when none is said to be
// in flight for that: one for each name. Kept without asking, there is one for each request.
use axum::extract::{Path, State};
use axum::http::StatusCode;
use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use tokio::task::AbortHandle;

pub struct Reports {
    tasks: Mutex<HashMap<String, AbortHandle>>,
}

impl Reports {
    pub fn keep(&self, name: &str, task: AbortHandle) {
        self.tasks.lock().unwrap().insert(name.to_owned(), task);
    }
}

pub async fn write(State(reports): State<Arc<Reports>>, Path(name): Path<String>) -> StatusCode {
    let events = events_of(&name).await;
    if is_in_flight(&events) {
        return StatusCode::CONFLICT;
    }
    let wanted = name.clone();
    let task = tokio::spawn(async move { //~ BP03 low
        write_report(wanted).await;
    });
    reports.keep(&name, task.abort_handle());
    StatusCode::ACCEPTED
}

pub async fn anew(State(reports): State<Arc<Reports>>, Path(name): Path<String>) -> StatusCode {
    if name.is_empty() {
        return StatusCode::BAD_REQUEST;
    }
    let wanted = name.clone();
    let task = tokio::spawn(async move { //~ BP03 high
        write_report(wanted).await;
    });
    reports.keep(&name, task.abort_handle());
    StatusCode::ACCEPTED
}

pub fn router(reports: Arc<Reports>) -> axum::Router {
    use axum::routing::post;
    axum::Router::new()
        .route("/reports/{name}", post(write))
        .route("/reports/{name}/anew", post(anew))
        .with_state(reports)
}

fn is_in_flight(events: &[String]) -> bool {
    events.last().is_some_and(|event| event == "begun")
}

async fn events_of(_name: &str) -> Vec<String> {
    Vec::new()
}

async fn write_report(_name: String) {}
