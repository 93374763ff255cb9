//! What goes wrong, as a page for people and as problem details (RFC 9457) for programs. Internal
//! text is logged and never shown; the request's number leads to it.

use std::any::Any;

use askama::Template;
use axum::body::Body;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::json;

use super::security::Frame;

/// Why a request cannot be answered.
#[derive(Debug)]
pub enum Error {
    /// There is no such page.
    NotFound,
    /// The request makes no sense; says why and what would.
    BadRequest(String),
    /// The framework refuses it for the reason that the status names.
    Refused(StatusCode),
    /// A change was asked for by another site.
    OtherSite,
    /// This client asks too often.
    TooOften {
        /// When it may ask again.
        seconds: u64,
    },
    /// What was here has ended.
    Gone,
    /// Only whoever made it may change it.
    NotYours,
    /// Whoever asks may see it and not change it.
    ReadOnly,
    /// There is no room to keep more.
    Full,
    /// All turns are taken.
    Busy,
    /// The analysis took longer than it may.
    TookTooLong,
    /// GitHub does not say who may see what.
    Unanswered,
    /// Our fault; the text is for the log.
    Internal(String),
}

/// An answer that says what went wrong, before it is known for whom it is written.
#[derive(Clone, Debug)]
pub struct Failure {
    status: StatusCode,
    title: &'static str,
    detail: String,
    retry_after: Option<u64>,
}

impl Error {
    fn failure(self) -> Failure {
        match self {
            Error::NotFound => failure(
                StatusCode::NOT_FOUND,
                "There is no such page",
                "The address may be mistyped, or what was here is gone.",
            ),
            Error::BadRequest(why) => failure(StatusCode::BAD_REQUEST, "That cannot be read", &why),
            Error::Refused(status) => framework(status),
            Error::OtherSite => failure(
                StatusCode::FORBIDDEN,
                "That came from another site",
                "Forms are only taken from this site's own pages. Open the page here and try again.",
            ),
            Error::TooOften { seconds } => Failure {
                retry_after: Some(seconds),
                ..failure(
                    StatusCode::TOO_MANY_REQUESTS,
                    "Too many requests",
                    "You have asked for more analyses than one client may. Wait a little, or run the command line on your machine.",
                )
            },
            Error::Busy => Failure {
                retry_after: Some(1),
                ..failure(
                    StatusCode::SERVICE_UNAVAILABLE,
                    "All turns are taken",
                    "More is being analysed than this machine can do at once. Try again in a moment.",
                )
            },
            Error::TookTooLong => failure(
                StatusCode::SERVICE_UNAVAILABLE,
                "The analysis took too long",
                "It was given up. Try a smaller piece, or run the command line on your machine.",
            ),
            Error::ReadOnly => failure(
                StatusCode::FORBIDDEN,
                "You may read this, not change it",
                "Marking is for those who are signed in; posting and reviews of whole repositories are for those who may write to the repository.",
            ),
            Error::Unanswered => Failure {
                retry_after: Some(10),
                ..failure(
                    StatusCode::SERVICE_UNAVAILABLE,
                    "GitHub does not answer",
                    "Who you are and what you may see is asked there. Try again in a moment.",
                )
            },
            Error::Gone | Error::NotYours | Error::Full => self.of_kept(),
            Error::Internal(why) => {
                tracing::error!(%why, "internal error");
                failure(
                    StatusCode::INTERNAL_SERVER_ERROR,
                    "Something went wrong here",
                    "It is our fault and has been written down under the number below.",
                )
            }
        }
    }

    /// What goes wrong with what somebody kept.
    fn of_kept(self) -> Failure {
        match self {
            Error::Gone => failure(
                StatusCode::GONE,
                "That is no longer kept",
                "Results are kept for some days and then deleted. Paste the code again to check it.",
            ),
            Error::NotYours => failure(
                StatusCode::FORBIDDEN,
                "That is not yours",
                "Only the browser that kept a result can delete it. It goes by itself when its days are over.",
            ),
            _ => Failure {
                retry_after: Some(3600),
                ..failure(
                    StatusCode::SERVICE_UNAVAILABLE,
                    "There is no room to keep more",
                    "As much is kept here as may be. Download the result, or try again when older ones have ended.",
                )
            },
        }
    }
}

/// An answer that is not to be asked for again.
fn failure(status: StatusCode, title: &'static str, detail: &str) -> Failure {
    Failure {
        status,
        title,
        detail: detail.to_owned(),
        retry_after: None,
    }
}

impl IntoResponse for Error {
    fn into_response(self) -> Response {
        let failure = self.failure();
        let mut response = failure.status.into_response();
        response.extensions_mut().insert(failure);
        response
    }
}

/// The answer where no route leads.
pub async fn nothing_here() -> Error {
    Error::NotFound
}

/// The answer when a handler panicked.
pub fn panicked(_: Box<dyn Any + Send>) -> Response {
    Error::Internal("a handler panicked".to_owned()).into_response()
}

#[derive(Template)]
#[template(path = "error.html")]
struct Page<'a> {
    frame: &'a Frame,
    failure: &'a Failure,
}

/// Marks an answer that says in its own words what went wrong, for a program that shows them.
#[derive(Clone, Copy)]
pub struct OwnWords;

/// Writes out an answer that says what went wrong; others pass as they are.
pub fn written(mut response: Response, frame: &Frame, for_programs: bool) -> Response {
    if response.extensions_mut().remove::<OwnWords>().is_some() {
        return response;
    }
    let status = response.status();
    let is_ours = response.extensions_mut().remove::<Failure>();
    let failure = match is_ours {
        Some(failure) => failure,
        None if status.is_client_error() || status.is_server_error() => framework(status),
        None => return response,
    };
    let (body, kind) = if for_programs {
        let body = json!({
            "type": "about:blank",
            "title": failure.title,
            "status": status.as_u16(),
            "detail": failure.detail,
            "instance": format!("urn:request:{}", frame.request),
        });
        (body.to_string(), "application/problem+json")
    } else {
        let page = Page {
            frame,
            failure: &failure,
        };
        (
            page.render().unwrap_or_default(),
            "text/html; charset=utf-8",
        )
    };
    let allow = response.headers().get(header::ALLOW).cloned();
    let mut answer = (status, [(header::CONTENT_TYPE, kind)], Body::from(body)).into_response();
    if let Some(seconds) = failure.retry_after {
        let headers = answer.headers_mut();
        headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    }
    if let Some(allow) = allow {
        answer.headers_mut().insert(header::ALLOW, allow);
    }
    answer
}

/// What the framework itself refuses.
fn framework(status: StatusCode) -> Failure {
    let (title, detail) = match status {
        StatusCode::PAYLOAD_TOO_LARGE => (
            "That is too much at once",
            "Send less, or run the command line on your machine: it has no such limit.",
        ),
        StatusCode::METHOD_NOT_ALLOWED => (
            "That cannot be done here",
            "The address is right, the method is not.",
        ),
        StatusCode::UNSUPPORTED_MEDIA_TYPE => (
            "That cannot be read",
            "Send JSON with `Content-Type: application/json`, or a form.",
        ),
        _ => (
            "That cannot be read",
            "The request is not what this address takes; the description of the API says what is.",
        ),
    };
    Failure {
        status,
        title,
        detail: detail.to_owned(),
        retry_after: None,
    }
}
