//! `/r/{id}`: a result that somebody asked to keep, for some days, at an address that nobody can
//! guess. What is kept is the text; the check runs again whenever it is looked at.
//!
//! Whoever kept it has a secret in a cookie, and with it the button that deletes.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use askama::Template;
use axum::extract::{Form, Path, State};
use axum::http::header;
use axum::response::{Html, IntoResponse, Redirect, Response};
use axum_extra::extract::CookieJar;

use super::error::Error;
use super::home::{self, Paste, rendered};
use super::security::{Frame, unguessable};
use super::{Shared, measures};
use crate::store::kept::{Kept, New, Room};
use crate::store::{self, Store};

/// The maker's secret. The prefix makes browsers take it from this host over HTTPS alone.
const COOKIE: &str = "__Host-maker";
/// Hexadecimal digits of an address and of a secret: 128 bits.
const DIGITS: usize = 32;
const DAY: i64 = 24 * 60 * 60;
/// How often what has ended is forgotten.
const ROUND: Duration = Duration::from_secs(15 * 60);

/// What the page of a kept result says of itself.
pub struct Note {
    /// Its address.
    pub id: String,
    /// Days until it ends, begun ones counted.
    pub days: i64,
    /// Whether the reader kept it.
    pub is_mine: bool,
}

#[derive(Template)]
#[template(path = "deleted.html")]
struct Deleted {
    frame: Frame,
}

/// Keeps what is in the box and leads to its address.
pub async fn keep(
    State(site): State<Shared>,
    jar: CookieJar,
    Form(paste): Form<Paste>,
) -> Result<Response, Error> {
    let store = store_of(&site)?;
    if paste.text.trim().is_empty() {
        return Err(Error::BadRequest("There is nothing to keep.".to_owned()));
    }
    let paste = paste.kept_part()?;
    let body = serde_json::to_string(&paste).map_err(|error| Error::Internal(error.to_string()))?;
    let id = unguessable()?;
    let secret = match secret(&jar) {
        Some(secret) => secret.to_owned(),
        None => unguessable()?,
    };
    let (made, days) = (now()?, i64::from(site.settings.keep_days));
    let new = New {
        id: &id,
        body: &body,
        secret: &secret,
        made,
        ends: made + days * DAY,
    };
    let room = Room {
        results: site.settings.keep_results,
        bytes: site.settings.keep_bytes,
    };
    store.keep(new, room).await?;
    measures::kept("kept", 1);
    let cookie = format!(
        "{COOKIE}={secret}; Path=/; Max-Age={}; Secure; HttpOnly; SameSite=Lax",
        days * DAY
    );
    let there = Redirect::to(&format!("/r/{id}"));
    Ok(([(header::SET_COOKIE, cookie)], there).into_response())
}

/// The page of a kept result.
pub async fn page(
    State(site): State<Shared>,
    frame: Frame,
    Path(id): Path<String>,
    jar: CookieJar,
) -> Result<Html<String>, Error> {
    let (kept, left) = found(store_of(&site)?, &id).await?;
    let paste: Paste =
        serde_json::from_str(&kept.body).map_err(|error| Error::Internal(error.to_string()))?;
    let note = Note {
        is_mine: secret(&jar).is_some_and(|secret| kept.is_made_by(&id, secret)),
        days: (left + DAY - 1) / DAY,
        id,
    };
    home::result(&site, frame, paste, Some(note)).await
}

/// Deletes a kept result for its maker.
pub async fn delete(
    State(site): State<Shared>,
    frame: Frame,
    Path(id): Path<String>,
    jar: CookieJar,
) -> Result<Html<String>, Error> {
    let store = store_of(&site)?;
    let (kept, _) = found(store, &id).await?;
    if !secret(&jar).is_some_and(|secret| kept.is_made_by(&id, secret)) {
        return Err(Error::NotYours);
    }
    store.forget(&id).await?;
    measures::kept("deleted", 1);
    rendered(&Deleted { frame })
}

/// The result at an address and the seconds that it has left.
async fn found(store: &Store, id: &str) -> Result<(Kept, i64), Error> {
    if !is_unguessable(id) {
        return Err(Error::NotFound);
    }
    let kept = store.kept(id).await?.ok_or(Error::NotFound)?;
    let left = kept.ends - now()?;
    if left <= 0 {
        return Err(Error::Gone);
    }
    Ok((kept, left))
}

fn store_of(site: &Shared) -> Result<&Store, Error> {
    site.store.as_ref().ok_or(Error::NotFound)
}

fn secret(jar: &CookieJar) -> Option<&str> {
    let cookie = jar.get(COOKIE)?;
    Some(cookie.value()).filter(|secret| is_unguessable(secret))
}

fn is_unguessable(text: &str) -> bool {
    text.len() == DIGITS && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

fn now() -> Result<i64, Error> {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    let seconds = since
        .ok()
        .and_then(|since| i64::try_from(since.as_secs()).ok());
    seconds.ok_or_else(|| Error::Internal("the clock is not set".to_owned()))
}

/// Forgets what has ended, again and again.
pub async fn forget_ended(store: Store) {
    let mut rounds = tokio::time::interval(ROUND);
    rounds.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        rounds.tick().await;
        let Ok(now) = now() else { continue };
        match store.forget_ended(now).await {
            Ok(0) => (),
            Ok(count) => {
                measures::kept("ended", count);
                tracing::info!(count, "kept results have ended");
            }
            Err(error) => tracing::warn!(%error, "what has ended could not be forgotten"),
        }
    }
}

impl From<store::Error> for Error {
    fn from(error: store::Error) -> Error {
        match error {
            store::Error::Full => Error::Full,
            store::Error::Slow => Error::Busy,
            other => Error::Internal(other.to_string()),
        }
    }
}
