//! What every answer carries and every request is asked: a number, a nonce, headers that keep
//! other sites out, and where a change was asked for.

use std::net::Ipv4Addr;
use std::time::Instant;

use axum::extract::{FromRequestParts, MatchedPath, Request};
use axum::http::header::{self, HeaderName, HeaderValue};
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use std::convert::Infallible;
use tracing::Instrument;

use super::error::{self, Error};
use super::measures;

/// What a page must know of the request that it answers.
#[derive(Clone, Debug, Default)]
pub struct Frame {
    /// The request's number, for the log and for whoever reports an error.
    pub request: String,
    /// Scripts run only with this word, new in every answer.
    pub nonce: String,
    /// The path, for the mark in the menu.
    pub path: String,
    /// Whether the reader's browser keeps cookies of ours: it does so when nobody on the way can
    /// read them.
    pub keeps_cookies: bool,
    /// Who reads, on pages that depend on it, where people can sign in.
    pub reader: Option<Reader>,
}

/// Who reads a page.
#[derive(Clone, Debug, Default)]
pub struct Reader {
    /// Their name; empty where nobody signed in.
    pub name: String,
    /// Where they sign in and come back to this page.
    pub sign_in: String,
}

impl Frame {
    /// Whether the page belongs to this entry of the menu.
    pub fn is_at(&self, entry: &str) -> bool {
        match entry {
            "/" => self.path == "/",
            _ => self.path.starts_with(entry),
        }
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Frame {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Frame, Infallible> {
        Ok(parts.extensions.get().cloned().unwrap_or_default())
    }
}

/// Set on an answer: its forms may also be sent to the site at this address.
#[derive(Clone, Debug)]
pub struct FormsGoTo(pub String);

impl FormsGoTo {
    /// The site as a policy names it.
    fn origin(&self) -> Option<String> {
        let address: axum::http::Uri = self.0.parse().ok()?;
        Some(format!(
            "{}://{}",
            address.scheme_str()?,
            address.authority()?
        ))
    }
}

/// Nothing from elsewhere, no frames, no plug-ins; scripts only with this answer's nonce.
fn policy(nonce: &str, forms: Option<&FormsGoTo>) -> String {
    let forms = forms.and_then(FormsGoTo::origin);
    let forms = forms.map_or(String::new(), |origin| format!(" {origin}"));
    format!(
        "default-src 'none'; script-src 'nonce-{nonce}'; style-src 'self'; img-src 'self'; \
         connect-src 'self'; form-action 'self'{forms}; base-uri 'none'; frame-ancestors 'none'"
    )
}

const ALWAYS: [(HeaderName, &str); 5] = [
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::REFERRER_POLICY, "same-origin"),
    (
        HeaderName::from_static("cross-origin-opener-policy"),
        "same-origin",
    ),
    (
        HeaderName::from_static("cross-origin-resource-policy"),
        "same-origin",
    ),
    (
        HeaderName::from_static("permissions-policy"),
        "camera=(), geolocation=(), microphone=()",
    ),
];

/// 128 bits that nobody can guess. Without a source of randomness there is no safe answer, and
/// the caller refuses.
pub fn unguessable() -> Result<String, Error> {
    getrandom::u64()
        .and_then(|high| Ok(format!("{high:016x}{:016x}", getrandom::u64()?)))
        .map_err(|error| Error::Internal(error.to_string()))
}

/// What is kept: no cache keeps it as well, and no search engine lists it.
const KEPT: [(HeaderName, &str); 2] = [
    (header::CACHE_CONTROL, "private, no-store"),
    (HeaderName::from_static("x-robots-tag"), "noindex, nofollow"),
];

/// Whether the path is that of something that somebody kept, of the set-up, or of what is not for
/// everybody. Their addresses and contents are secrets.
fn is_kept(path: &str) -> bool {
    let below = |start: &str| {
        let rest = path.strip_prefix(start);
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    };
    path.starts_with("/r/")
        || ["/setup", "/reviews", "/repositories", "/auth"]
            .into_iter()
            .any(below)
}

/// Numbers the request, writes out errors, adds the headers, counts and logs. What was sent is
/// not logged, nor is the address: of it only the pattern that it follows.
pub async fn frame(mut request: Request, next: Next) -> Response {
    let begun = Instant::now();
    let path = request.uri().path().to_owned();
    let method = request.method().clone();
    let matched = request.extensions().get::<MatchedPath>();
    let route = matched.map_or(String::new(), |route| route.as_str().to_owned());
    let (Ok(number), Ok(nonce)) = (unguessable(), unguessable()) else {
        return axum::http::StatusCode::SERVICE_UNAVAILABLE.into_response();
    };
    let frame = Frame {
        request: number,
        nonce,
        path: path.clone(),
        keeps_cookies: keeps_cookies(request.headers()),
        reader: None,
    };
    request.extensions_mut().insert(frame.clone());
    let span = tracing::info_span!(
        "request",
        id = %frame.request,
        method = known(&method),
        route = if route.is_empty() { "none" } else { &route },
        status = tracing::field::Empty,
    );
    let response = next.run(request).instrument(span.clone()).await;
    let frame = Frame {
        reader: response.extensions().get().cloned(),
        ..frame
    };
    // What went wrong is written out, and logged, under the number of its request.
    let mut response =
        span.in_scope(|| error::written(response, &frame, path.starts_with("/api/")));
    let forms = response.extensions_mut().remove::<FormsGoTo>();
    add_headers(response.headers_mut(), &frame, forms.as_ref());
    let (status, took) = (response.status(), begun.elapsed());
    measures::answered(&method, &route, status, took);
    span.record("status", status.as_u16());
    let took_ms = (took.as_secs_f64() * 1e4).round() / 10.0;
    span.in_scope(|| tracing::info!(took_ms, "answered"));
    response
}

/// Whether the request came encrypted, as far as the browser or a proxy says, or from this machine.
/// What is said here changes a sentence on a page and nothing else, so anybody may say it.
fn keeps_cookies(headers: &HeaderMap) -> bool {
    let text = |name: HeaderName| headers.get(name).and_then(|value| value.to_str().ok());
    let host = text(header::HOST).unwrap_or("");
    let name = host.rsplit_once(':').map_or(host, |(name, port)| {
        let is_port = port.bytes().all(|byte| byte.is_ascii_digit());
        if is_port { name } else { host }
    });
    let is_here = name == "localhost" || name.ends_with(".localhost") || name == "[::1]";
    let is_loopback = name
        .parse()
        .is_ok_and(|address: Ipv4Addr| address.is_loopback());
    let is_encrypted = text(header::ORIGIN).is_some_and(|origin| origin.starts_with("https://"))
        || text(HeaderName::from_static("x-forwarded-proto")).is_some_and(|proto| proto == "https");
    is_here || is_loopback || is_encrypted
}

/// The method, where it is one that means something here: others are whatever a client likes.
fn known(method: &Method) -> &str {
    let is_known = matches!(
        method.as_str(),
        "GET" | "HEAD" | "POST" | "PUT" | "PATCH" | "DELETE" | "OPTIONS"
    );
    if is_known { method.as_str() } else { "other" }
}

fn add_headers(headers: &mut HeaderMap, frame: &Frame, forms: Option<&FormsGoTo>) {
    for (name, value) in ALWAYS {
        headers.insert(name, HeaderValue::from_static(value));
    }
    for (name, value) in KEPT.into_iter().filter(|_| is_kept(&frame.path)) {
        headers.insert(name, HeaderValue::from_static(value));
    }
    if let Ok(value) = HeaderValue::from_str(&policy(&frame.nonce, forms)) {
        headers.insert(header::CONTENT_SECURITY_POLICY, value);
    }
    if let Ok(value) = HeaderValue::from_str(&frame.request) {
        headers.insert(HeaderName::from_static("x-request-id"), value);
    }
}

/// Refuses to change anything for another site. Programs that are no browser say nothing of
/// their origin and may pass.
pub async fn same_origin(request: Request, next: Next) -> Response {
    let reads = [Method::GET, Method::HEAD, Method::OPTIONS].contains(request.method());
    if reads || is_own(request.headers()) {
        next.run(request).await
    } else {
        Error::OtherSite.into_response()
    }
}

fn is_own(headers: &HeaderMap) -> bool {
    let text = |name: HeaderName| headers.get(name).and_then(|value| value.to_str().ok());
    if let Some(site) = text(HeaderName::from_static("sec-fetch-site")) {
        return site == "same-origin" || site == "none";
    }
    match (text(header::ORIGIN), text(header::HOST)) {
        (None, _) => true,
        (Some(origin), Some(host)) => {
            let from = origin.split_once("://").map(|(_, from)| from);
            from == Some(host)
        }
        (Some(_), None) => false,
    }
}
