//! Whether the server lives, whether it has room, and what it has done: for probes and Prometheus.

use std::fmt::Write;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::IntoResponse;

use super::Shared;

/// Upper ends of the buckets of the time that an answer takes, in seconds.
const ENDS: [f64; 8] = [0.001, 0.005, 0.01, 0.025, 0.1, 0.5, 2.5, 10.0];

/// What was answered.
#[derive(Debug, Default)]
pub struct Counts {
    /// By the first digit of the status, 1 to 5.
    statuses: [AtomicU64; 6],
    /// Refused because all turns were taken.
    busy: AtomicU64,
    /// Refused because the client asked too often.
    too_often: AtomicU64,
    /// By time.
    buckets: [AtomicU64; 8],
    micros: AtomicU64,
}

impl Counts {
    /// Counts an answer.
    pub fn answered(&self, status: StatusCode, took: Duration) {
        let one = |counter: &AtomicU64| counter.fetch_add(1, Ordering::Relaxed);
        one(&self.statuses[usize::from(status.as_u16() / 100).min(5)]);
        match status {
            StatusCode::SERVICE_UNAVAILABLE => one(&self.busy),
            StatusCode::TOO_MANY_REQUESTS => one(&self.too_often),
            _ => 0,
        };
        let end = ENDS.iter().position(|end| took.as_secs_f64() <= *end);
        if let Some(bucket) = end {
            one(&self.buckets[bucket]);
        }
        let micros = u64::try_from(took.as_micros()).unwrap_or(u64::MAX);
        self.micros.fetch_add(micros, Ordering::Relaxed);
    }

    /// In the text format of Prometheus.
    fn exposition(&self) -> String {
        let now = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        let mut out = String::from(
            "# HELP highwater_responses_total Answers by class of status.\n\
             # TYPE highwater_responses_total counter\n",
        );
        let mut all = 0;
        for (class, counter) in self.statuses.iter().enumerate().skip(1) {
            all += now(counter);
            let _ = writeln!(
                out,
                "highwater_responses_total{{status=\"{class}xx\"}} {}",
                now(counter)
            );
        }
        out += "# HELP highwater_refused_total Requests refused at the door.\n\
                # TYPE highwater_refused_total counter\n";
        for (reason, counter) in [("busy", &self.busy), ("too_often", &self.too_often)] {
            let _ = writeln!(
                out,
                "highwater_refused_total{{reason=\"{reason}\"}} {}",
                now(counter)
            );
        }
        out += "# HELP highwater_response_seconds Time that answers take.\n\
                # TYPE highwater_response_seconds histogram\n";
        let mut below = 0;
        for (end, counter) in ENDS.iter().zip(&self.buckets) {
            below += now(counter);
            let _ = writeln!(
                out,
                "highwater_response_seconds_bucket{{le=\"{end}\"}} {below}"
            );
        }
        let seconds = now(&self.micros) as f64 / 1e6;
        let _ = write!(
            out,
            "highwater_response_seconds_bucket{{le=\"+Inf\"}} {all}\n\
             highwater_response_seconds_sum {seconds}\n\
             highwater_response_seconds_count {all}\n"
        );
        out
    }
}

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
    let kind = "text/plain; version=0.0.4; charset=utf-8";
    ([(header::CONTENT_TYPE, kind)], site.counts.exposition())
}
