//! Whether the server lives, whether it has room, and what it has done: for probes and Prometheus.

use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::IntoResponse;

use super::{Shared, measures};

/// The process answers.
pub async fn alive() -> &'static str {
    "ok\n"
}

/// Whether an analysis could begin now, and its result be kept where results are kept.
pub async fn ready(State(site): State<Shared>) -> (StatusCode, &'static str) {
    if !site.gate.is_free() {
        return (StatusCode::SERVICE_UNAVAILABLE, "busy\n");
    }
    match &site.store {
        Some(store) if !store.is_there().await => (
            StatusCode::SERVICE_UNAVAILABLE,
            "the database does not answer\n",
        ),
        _ => (StatusCode::OK, "ready\n"),
    }
}

/// For Prometheus.
pub async fn metrics(State(site): State<Shared>) -> impl IntoResponse {
    if let Some(bot) = &site.bot
        && let Err(error) = bot.measure().await
    {
        tracing::warn!(%error, "the queue cannot be measured");
    }
    let kind = "text/plain; version=0.0.4; charset=utf-8";
    ([(header::CONTENT_TYPE, kind)], measures::exposition())
}
