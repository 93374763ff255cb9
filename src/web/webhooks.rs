//! `POST /webhooks/github`: hands what GitHub sends to the bot, and answers how that went.
//!
//! Without a secret that proves GitHub's deliveries the address does not exist. A delivery is proven by
//! all of its bytes, so anybody can send that many: what is read of all together is bounded, and so is
//! the time that it may take.

use std::sync::Arc;
use std::time::Duration;

use axum::Extension;
use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use http_body_util::BodyExt;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::timeout;

use super::Shared;
use super::error::OwnWords;
use crate::github::webhook::{Headers, Rejected};
use crate::github::{Bot, Refused, Taken};
use crate::store;

/// The largest delivery, in bytes.
/// source: docs.github.com, "Webhook events and payloads": payloads are capped at 25 MB.
const LARGEST: usize = 25 << 20;
/// Bytes of deliveries that are in memory at the same time.
const TOGETHER: usize = 8 * LARGEST;
/// How long a delivery may take to arrive.
/// source: docs.github.com, "Best practices for using webhooks": GitHub waits 10 seconds for the answer.
const PATIENCE: Duration = Duration::from_secs(10);

/// Room for what arrives and is not proven yet.
pub struct Room {
    free: Arc<Semaphore>,
    largest: usize,
    patience: Duration,
}

impl Default for Room {
    fn default() -> Room {
        Room {
            free: Arc::new(Semaphore::new(TOGETHER)),
            largest: LARGEST,
            patience: PATIENCE,
        }
    }
}

/// A body, and its room.
type Arrived = (Vec<u8>, Option<OwnedSemaphorePermit>);

impl Room {
    /// Reads a body, or says by which status it is refused.
    async fn arrived(&self, body: Body) -> Result<Arrived, StatusCode> {
        let read = timeout(self.patience, self.read(body)).await;
        read.unwrap_or(Err(StatusCode::REQUEST_TIMEOUT))
    }

    async fn read(&self, mut body: Body) -> Result<Arrived, StatusCode> {
        let (mut bytes, mut room) = (Vec::new(), None::<OwnedSemaphorePermit>);
        while let Some(frame) = body.frame().await {
            let frame = frame.map_err(|_| StatusCode::BAD_REQUEST)?;
            let Ok(more) = frame.into_data() else {
                continue;
            };
            if bytes.len() + more.len() > self.largest {
                return Err(StatusCode::PAYLOAD_TOO_LARGE);
            }
            let wanted = u32::try_from(more.len()).unwrap_or(u32::MAX);
            let taken = self.free.clone().try_acquire_many_owned(wanted);
            let taken = taken.map_err(|_| StatusCode::SERVICE_UNAVAILABLE)?;
            match &mut room {
                Some(room) => room.merge(taken),
                None => room = Some(taken),
            }
            bytes.extend_from_slice(&more);
        }
        Ok((bytes, room))
    }
}

/// Takes a delivery in. 202: it is kept and will be worked on. 200: it asks for nothing. 401: it
/// is not GitHub's. 400: it is none. 503: it cannot be kept now, and GitHub shows it as failed.
pub async fn take_in(State(site): State<Shared>, headers: HeaderMap, body: Body) -> Response {
    let (status, words) = match (&site.bot, site.room.arrived(body).await) {
        (None, _) => (StatusCode::NOT_FOUND, ""),
        (_, Err(status)) => (status, "it could not be read"),
        (Some(bot), Ok((body, _room))) => taken_in(bot, &headers, &body).await,
    };
    let mut answer = HeaderMap::new();
    if status == StatusCode::SERVICE_UNAVAILABLE {
        answer.insert("retry-after", axum::http::HeaderValue::from_static("30"));
    }
    // GitHub shows them where it lists its deliveries.
    (status, answer, Extension(OwnWords), words).into_response()
}

async fn taken_in(bot: &Bot, headers: &HeaderMap, body: &[u8]) -> (StatusCode, &'static str) {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let headers = Headers {
        event: text("x-github-event"),
        guid: text("x-github-delivery"),
        signature: text("x-hub-signature-256"),
        target: text("x-github-hook-installation-target-id"),
    };
    match bot.take_in(headers, body).await {
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
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn room(bytes: usize, largest: usize) -> Room {
        Room {
            free: Arc::new(Semaphore::new(bytes)),
            largest,
            patience: Duration::from_millis(50),
        }
    }

    #[tokio::test]
    async fn what_arrives_is_bounded_each_and_together() {
        let room = room(10, 6);
        let read = |text: &'static str| room.arrived(Body::from(text));
        let first = read("123456").await.unwrap();
        assert_eq!(first.0, b"123456");
        assert_eq!(
            read("1234567").await.err(),
            Some(StatusCode::PAYLOAD_TOO_LARGE)
        );
        assert_eq!(
            read("12345").await.err(),
            Some(StatusCode::SERVICE_UNAVAILABLE)
        );
        assert!(read("1234").await.is_ok());
        drop(first);
        assert!(read("12345").await.is_ok(), "there is room again");
    }

    #[tokio::test]
    async fn who_does_not_go_on_is_not_waited_for() {
        let never = std::future::pending::<Option<Result<HeaderMap, std::convert::Infallible>>>();
        let begun = http_body_util::Full::from("123").with_trailers(never);
        let read = room(10, 6).arrived(Body::new(begun)).await;
        assert_eq!(read.err(), Some(StatusCode::REQUEST_TIMEOUT));
    }
}
