//! `POST /webhooks/github`: hands what GitHub sends to the bot, and answers how that went.
//!
//! Without a secret that proves GitHub's deliveries the address does not exist.

use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};

use super::Shared;
use crate::github::webhook::{Headers, Rejected};
use crate::github::{Refused, Taken};
use crate::store;

/// The largest delivery, in bytes.
/// source: docs.github.com, "Webhook events and payloads": payloads are capped at 25 MB.
pub const LARGEST: usize = 25 << 20;

/// Takes a delivery in. 202: it is kept and will be worked on. 200: it asks for nothing. 401: it
/// is not GitHub's. 400: it is none. 503: it cannot be kept now, and GitHub shows it as failed.
pub async fn take_in(
    State(site): State<Shared>,
    headers: HeaderMap,
    body: Bytes,
) -> (StatusCode, HeaderMap, &'static str) {
    let Some(bot) = &site.bot else {
        return (StatusCode::NOT_FOUND, HeaderMap::new(), "");
    };
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let headers = Headers {
        event: text("x-github-event"),
        guid: text("x-github-delivery"),
        signature: text("x-hub-signature-256"),
        target: text("x-github-hook-installation-target-id"),
    };
    let (status, words) = match bot.take_in(headers, &body).await {
        Ok(Taken::Work) => (StatusCode::ACCEPTED, "kept"),
        Ok(Taken::Nothing) => (StatusCode::OK, "nothing to do"),
        Err(Refused::Rejected(Rejected::NotOurs)) => {
            (StatusCode::UNAUTHORIZED, "the signature is not right")
        }
        Err(Refused::Rejected(Rejected::Malformed)) => {
            (StatusCode::BAD_REQUEST, "this is no delivery")
        }
        Err(Refused::Store(error)) => {
            let outcome = if matches!(error, store::Error::Full) {
                "full"
            } else {
                "failed"
            };
            metrics::counter!("highwater_deliveries_total", "outcome" => outcome).increment(1);
            tracing::warn!(%error, "a delivery could not be kept");
            (StatusCode::SERVICE_UNAVAILABLE, "try again later")
        }
    };
    let mut answer = HeaderMap::new();
    if status == StatusCode::SERVICE_UNAVAILABLE {
        answer.insert("retry-after", axum::http::HeaderValue::from_static("30"));
    }
    (status, answer, words)
}
