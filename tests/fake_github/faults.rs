//! What may go wrong between GitHub and its client.

use std::time::Duration;

use super::exchange::{Asked, Refusal, Reply};
use super::limits::Limited;
use super::state::State;

/// A fault of one request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// This status, and nothing was done.
    Before(u16),
    /// This status, although all was done.
    After(u16),
    /// All was done, and the connection is cut in the midst of the answer.
    CutAfter,
    /// The connection is cut, and nothing was done.
    CutBefore,
    /// The answer takes so long, by the real time.
    Delay(Duration),
    /// The token is no longer accepted.
    Expired,
    /// A secondary limit by 403 or 429, with the seconds to wait where GitHub says them.
    Limited { status: u16, seconds: Option<i64> },
}

/// Decides the fault of each request.
pub type Plan = Box<dyn FnMut(&Asked) -> Option<Fault> + Send>;

impl Fault {
    /// The answer that takes the place of the operation, if this fault has one.
    pub fn instead(self, state: &mut State, asked: &Asked) -> Option<Reply> {
        match self {
            Fault::Before(status) => Some(failed(status)),
            Fault::Expired => {
                let expired = state
                    .tokens
                    .values_mut()
                    .filter(|token| token.caller.bucket() == asked.caller.bucket());
                expired.for_each(|token| token.expires = 0);
                Some(Refusal::new(401, "Bad credentials").reply())
            }
            Fault::Limited { status, seconds } => {
                let now = state.clock.millis();
                let said = seconds.is_some();
                state
                    .limits
                    .hold(&asked.caller.bucket(), seconds.unwrap_or(60), said, now);
                Some(secondary(status, seconds))
            }
            _ => None,
        }
    }
}

pub fn failed(status: u16) -> Reply {
    // GitHub's front door answers in HTML, not in JSON.
    let page =
        format!("<html><body><h1>{status}</h1>The server did not answer in time.</body></html>");
    Reply {
        status,
        ..Reply::text(page.into_bytes(), "text/html; charset=utf-8")
    }
}

/// The answer of a limit that was met.
pub fn limited(state: &State, caller: &str, limited: Limited) -> Reply {
    match limited {
        Limited::Secondary { seconds, said } => secondary(403, said.then_some(seconds)),
        Limited::Primary => {
            let text = format!("API rate limit exceeded for {caller}.");
            Refusal::new(if caller.starts_with("user") { 429 } else { 403 }, &text).reply()
        }
    }
    .with_limits(state, caller)
}

fn secondary(status: u16, seconds: Option<i64>) -> Reply {
    // source: docs.github.com, "Rate limits for the REST API": 403 or 429; Retry-After where it is known
    let text =
        "You have exceeded a secondary rate limit. Please wait a few minutes before you try again.";
    let mut reply = Refusal::new(status, text).reply();
    reply
        .headers
        .extend(seconds.map(|seconds| ("Retry-After".to_owned(), seconds.to_string())));
    reply
}

impl Reply {
    /// The reply with what is left of the caller's limit.
    pub fn with_limits(mut self, state: &State, caller: &str) -> Reply {
        let (left, used, reset) = state.limits.left(caller, state.clock.millis());
        for (name, value) in [
            (
                "X-RateLimit-Limit",
                state.limits.numbers.primary.to_string(),
            ),
            ("X-RateLimit-Remaining", left.to_string()),
            ("X-RateLimit-Used", used.to_string()),
            ("X-RateLimit-Reset", reset.to_string()),
            ("X-RateLimit-Resource", "core".to_owned()),
        ] {
            self.headers.push((name.to_owned(), value));
        }
        self
    }
}

/// A plan that draws faults by a seed: so many of a thousand requests have one.
pub fn drawn(seed: u64, of_a_thousand: u32) -> impl FnMut(&Asked) -> Option<Fault> + Send {
    let mut random = fastrand::Rng::with_seed(seed);
    move |_| {
        if random.u32(0..1000) >= of_a_thousand {
            return None;
        }
        Some(match random.u32(0..8) {
            0 => Fault::Before(500),
            1 => Fault::Before(502),
            2 | 3 => Fault::After(502),
            4 => Fault::CutBefore,
            5 => Fault::CutAfter,
            6 => Fault::Expired,
            _ => Fault::Limited {
                status: 403,
                seconds: random.bool().then_some(1),
            },
        })
    }
}
