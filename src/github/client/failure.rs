//! Why a request to GitHub was not answered as hoped, as far as it matters what to do next.

use http::{HeaderMap, StatusCode};
use serde::Deserialize;

use crate::store;

/// What came instead of the answer.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// Nobody may ask before a time, in milliseconds since 1970.
    #[error("GitHub wants to be left alone until {until}")]
    NotNow {
        /// The time.
        until: i64,
    },
    /// There is no such thing, or it may not be known.
    #[error("GitHub knows nothing of {0}")]
    Gone(String),
    /// The App may not.
    #[error("GitHub does not allow {path}: {message}")]
    Forbidden {
        /// What was asked.
        path: String,
        /// GitHub's words.
        message: String,
    },
    /// What was sent is not accepted, and would not be if it were sent again.
    #[error("GitHub refuses {path} ({status}): {}", reasons.join("; "))]
    Refused {
        /// What was asked.
        path: String,
        /// 400, 409, 422 …
        status: u16,
        /// GitHub's words.
        reasons: Vec<String>,
    },
    /// Whether it was done is not known: the server failed, or no answer came.
    #[error("no answer to {path}: {why}")]
    Unknown {
        /// What was asked.
        path: String,
        /// What is known.
        why: String,
    },
    /// The answer says something else than GitHub's answers do.
    #[error("the answer to {path} is not understood: {why}")]
    Unreadable {
        /// What was asked.
        path: String,
        /// What is wrong with it.
        why: String,
    },
    /// The token is not accepted.
    #[error("GitHub does not accept the token")]
    Unauthorized,
    /// What is kept cannot be read or written.
    #[error(transparent)]
    Store(#[from] store::Error),
    /// What was found out is no longer true: the head moved, or somebody asked again.
    #[error("what was read is no longer so")]
    Moved,
}

/// The body of an error. `errors` are words or objects, by endpoint.
#[derive(Default, Deserialize)]
struct Told {
    #[serde(default)]
    message: String,
    #[serde(default)]
    errors: Vec<serde_json::Value>,
}

/// How long to leave GitHub alone when it does not say for how long, in milliseconds.
/// source: docs.github.com, "Rate limits for the REST API": at least one minute.
pub const AT_LEAST: i64 = 60_000;
/// The longest of these waits, which double while the limit goes on: as long as any of GitHub's limits
/// counts back.
pub const AT_MOST: i64 = 3_600_000;

/// For how long an answer wants GitHub to be left alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Limit {
    /// Until a time, in milliseconds since 1970.
    Until(i64),
    /// It does not say: a minute at least, and longer each time that was not enough.
    Unsaid,
}

/// The limit that an answer tells of.
pub fn limit(status: StatusCode, headers: &HeaderMap, body: &[u8], now: i64) -> Option<Limit> {
    let told: Told = serde_json::from_slice(body).unwrap_or_default();
    limited(status, headers, &told.message, now)
}

/// What a status that is no success means.
pub fn of_answer(
    path: &str,
    status: StatusCode,
    headers: &HeaderMap,
    body: &[u8],
    now: i64,
) -> Failure {
    let told: Told = serde_json::from_slice(body).unwrap_or_default();
    let path = path.to_owned();
    match limited(status, headers, &told.message, now) {
        Some(Limit::Until(until)) => return Failure::NotNow { until },
        Some(Limit::Unsaid) => {
            return Failure::NotNow {
                until: now + AT_LEAST,
            };
        }
        None => (),
    }
    match status.as_u16() {
        404 | 410 | 451 => Failure::Gone(path),
        403 => Failure::Forbidden {
            path,
            message: told.message,
        },
        408 | 425 | 500.. => Failure::Unknown {
            path,
            why: format!("status {}", status.as_u16()),
        },
        status => Failure::Refused {
            path,
            status,
            reasons: reasons(told),
        },
    }
}

fn reasons(told: Told) -> Vec<String> {
    let word = |error: &serde_json::Value| match error {
        serde_json::Value::String(word) => word.clone(),
        other => match other.get("message").and_then(serde_json::Value::as_str) {
            Some(message) => message.to_owned(),
            None => other.to_string(),
        },
    };
    let mut reasons: Vec<String> = told.errors.iter().map(word).collect();
    if reasons.is_empty() {
        reasons.push(told.message);
    }
    reasons
}

/// Until when to leave GitHub alone, where this answer asks for it.
/// source: docs.github.com, "Rate limits for the REST API": Retry-After first, then the reset.
fn limited(status: StatusCode, headers: &HeaderMap, message: &str, now: i64) -> Option<Limit> {
    if status != StatusCode::FORBIDDEN && status != StatusCode::TOO_MANY_REQUESTS {
        return None;
    }
    if let Some(seconds) = number(headers, "retry-after") {
        // A second more: the header counts whole seconds.
        return Some(Limit::Until(now + (seconds + 1) * 1000));
    }
    if number(headers, "x-ratelimit-remaining") == Some(0) {
        let reset = number(headers, "x-ratelimit-reset")? * 1000 + 1000;
        return Some(Limit::Until(reset.clamp(now + 1000, now + 2 * 3_600_000)));
    }
    let says_so = message.to_ascii_lowercase().contains("rate limit") || message.contains("abuse");
    (says_so || status == StatusCode::TOO_MANY_REQUESTS).then_some(Limit::Unsaid)
}

/// A header that is a number.
pub fn number(headers: &HeaderMap, name: &str) -> Option<i64> {
    headers.get(name)?.to_str().ok()?.trim().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn until(status: u16, headers: &[(&'static str, &str)], body: &str) -> Option<i64> {
        let mut all = HeaderMap::new();
        for (name, value) in headers {
            all.insert(*name, value.parse().unwrap());
        }
        let status = StatusCode::from_u16(status).unwrap();
        match of_answer("/x", status, &all, body.as_bytes(), 1_000_000) {
            Failure::NotNow { until } => Some(until),
            _ => None,
        }
    }

    #[test]
    fn limits_are_told_from_refusals() {
        assert_eq!(until(429, &[("retry-after", "7")], ""), Some(1_008_000));
        assert_eq!(
            until(
                403,
                &[("retry-after", "7"), ("x-ratelimit-remaining", "0")],
                ""
            ),
            Some(1_008_000)
        );
        let reset = [
            ("x-ratelimit-remaining", "0"),
            ("x-ratelimit-reset", "2000"),
        ];
        assert_eq!(until(403, &reset, ""), Some(2_001_000));
        let secondary = r#"{"message":"You have exceeded a secondary rate limit"}"#;
        assert_eq!(until(403, &[], secondary), Some(1_060_000));
        assert_eq!(until(429, &[], ""), Some(1_060_000));
        assert_eq!(
            until(
                403,
                &[("x-ratelimit-remaining", "10")],
                r#"{"message":"Resource not accessible"}"#
            ),
            None
        );
    }

    #[test]
    fn both_shapes_of_errors_are_read() {
        for body in [
            r#"{"errors":["no such line"]}"#,
            r#"{"errors":[{"message":"no such line","code":"custom"}]}"#,
        ] {
            let status = StatusCode::UNPROCESSABLE_ENTITY;
            match of_answer("/x", status, &HeaderMap::new(), body.as_bytes(), 0) {
                Failure::Refused { reasons, .. } => assert_eq!(reasons, ["no such line"]),
                other => panic!("{other}"),
            }
        }
    }
}
