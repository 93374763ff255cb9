//highwater:nocompile needs pipes
use axum::extract::State;
use std::sync::Arc;

pub struct Archive {
    pages: Vec<String>,
}

// Of a pipe whose kind is not in view, the task has one end and the answer the other.
pub async fn dump(State(archive): State<Arc<Archive>>) -> Answer {
    let (sink, source) = pipes::pair(1);
    let body = Answer::streamed(source);
    tokio::spawn(async move {
        for page in archive.pages.clone() {
            sink.write(page).await;
        }
    });
    body.with_status(200)
}
