// Work on another thread that the handler waits for, with errors turned on the way: as many run as
// there are requests under way, and the request's own limit holds for both.
use axum::extract::State;
use std::sync::Arc;

pub struct Profiler;

impl Profiler {
    fn dump(&self) -> Result<Vec<u8>, std::io::Error> {
        Ok(Vec::new())
    }
}

pub async fn heap_profile(State(profiler): State<Arc<Profiler>>) -> Result<Vec<u8>, String> {
    let dump = tokio::task::spawn_blocking(move || profiler.dump())
        .await
        .map_err(|error| error.to_string())?
        .map_err(|error| error.to_string())?;
    Ok(dump)
}

pub async fn heap_profile_later(State(profiler): State<Arc<Profiler>>) -> String {
    let task = tokio::spawn(async move { profiler.dump() });
    match task.await {
        Ok(Ok(dump)) => format!("{} bytes", dump.len()),
        Ok(Err(error)) => error.to_string(),
        Err(_) => "the profiler is gone".to_owned(),
    }
}
