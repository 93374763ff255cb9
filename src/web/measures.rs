//! What the server has done, in numbers for Prometheus. One recorder serves the whole process,
//! since what counts does not know whose site it works for.

use std::sync::OnceLock;
use std::time::Duration;

use axum::http::{Method, StatusCode};
use metrics::{counter, describe_counter, describe_gauge, describe_histogram, gauge, histogram};
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};

/// Upper ends of the buckets of times, in seconds.
const ENDS: [f64; 11] = [
    0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 2.5, 10.0,
];
/// How often what was measured is put into its buckets; until then each value stands alone.
const ROUND: Duration = Duration::from_secs(5);

const ANSWERS: &str = "highwater_response_seconds";
const REFUSED: &str = "highwater_refused_total";
const RUNNING: &str = "highwater_analyses_running";
const WAITING: &str = "highwater_analyses_waiting";
const ANALYSES: &str = "highwater_analysis_seconds";
const KEPT: &str = "highwater_kept_results_total";
const BUILD: &str = "highwater_build_info";

/// Begins to count; what has begun goes on.
pub fn begin() -> &'static PrometheusHandle {
    static BEGUN: OnceLock<PrometheusHandle> = OnceLock::new();
    BEGUN.get_or_init(|| {
        let times = Matcher::Suffix("_seconds".to_owned());
        let builder = PrometheusBuilder::new().set_buckets_for_metric(times, &ENDS);
        let recorder = builder.unwrap_or_default().build_recorder();
        let handle = recorder.handle();
        // Where a program that this is a part of counts in its own way, that is left to it.
        if metrics::set_global_recorder(recorder).is_ok() {
            describe();
            // The bot may work before anybody asks for its numbers.
            crate::github::measures::describe();
        }
        handle
    })
}

/// Says what is counted, and begins with 0 what may not happen for long.
fn describe() {
    describe_histogram!(
        ANSWERS,
        "Time until an answer begins, by kind of route and class of status."
    );
    describe_counter!(REFUSED, "Requests refused at the door.");
    describe_gauge!(RUNNING, "Analyses that run now.");
    describe_gauge!(WAITING, "Requests that wait for their turn.");
    describe_histogram!(ANALYSES, "Time that analyses take, without waiting.");
    describe_counter!(
        KEPT,
        "Results that were kept, deleted by their makers, or have ended."
    );
    describe_gauge!(BUILD, "The version that runs.");
    for reason in ["busy", "too_often"] {
        counter!(REFUSED, "reason" => reason).increment(0);
    }
    for what in ["kept", "deleted", "ended"] {
        counter!(KEPT, "what" => what).increment(0);
    }
    gauge!(RUNNING).set(0);
    gauge!(WAITING).set(0);
    gauge!(BUILD, "version" => env!("CARGO_PKG_VERSION")).set(1);
}

/// All numbers in the text format of Prometheus.
pub fn exposition() -> String {
    begin().render()
}

/// Puts what was measured into its buckets, again and again, so that memory stays flat also when
/// nobody asks for the numbers.
pub async fn sort_again_and_again() {
    let mut rounds = tokio::time::interval(ROUND);
    loop {
        rounds.tick().await;
        begin().run_upkeep();
    }
}

/// Counts an answer. `route` is the pattern of its address.
pub fn answered(method: &Method, route: &str, status: StatusCode, took: Duration) {
    let status = match status.as_u16() / 100 {
        1 => "1xx",
        2 => "2xx",
        3 => "3xx",
        4 => "4xx",
        _ => "5xx",
    };
    histogram!(ANSWERS, "route" => kind(method, route), "status" => status).record(took);
}

/// The kind of a route: few, so that there are few series.
fn kind(method: &Method, route: &str) -> &'static str {
    match route {
        "/" | "/fragment" if *method == Method::POST => "check",
        "/healthz" | "/readyz" | "/metrics" => "probe",
        "/favicon.ico" => "static",
        "" => "none",
        route if route.starts_with("/api/") => "api",
        route if route.ends_with("/events") => "events",
        route if route.starts_with("/reviews") || route.starts_with("/repositories") => "review",
        route if route.starts_with("/auth") => "account",
        route if route.starts_with("/static/") => "static",
        route if route == "/r" || route.starts_with("/r/") => "kept",
        route if route.starts_with("/webhooks/") => "webhook",
        _ => "page",
    }
}

/// Counts a request that was refused.
pub fn refused(reason: &'static str) {
    counter!(REFUSED, "reason" => reason).increment(1);
}

/// Counts results: `kept`, `deleted` or `ended`.
pub fn kept(what: &'static str, count: u64) {
    counter!(KEPT, "what" => what).increment(count);
}

/// Counts an analysis that has ended.
pub fn analysed(took: Duration) {
    histogram!(ANALYSES).record(took);
}

/// Something that goes on until this is dropped, however it ends.
pub struct GoesOn(&'static str);

impl GoesOn {
    /// A request waits for its turn.
    pub fn waiting() -> GoesOn {
        GoesOn::begun(WAITING)
    }

    /// An analysis runs.
    pub fn running() -> GoesOn {
        GoesOn::begun(RUNNING)
    }

    fn begun(name: &'static str) -> GoesOn {
        gauge!(name).increment(1);
        GoesOn(name)
    }
}

impl Drop for GoesOn {
    fn drop(&mut self) {
        gauge!(self.0).decrement(1);
    }
}
