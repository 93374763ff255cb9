//! `/reviews/open`: who brings the operator's token gets a cookie that opens the reviews, and a
//! name by which others see their marks.

use askama::Template;
use axum::extract::{Form, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use secrecy::ExposeSecret;
use serde::Deserialize;

use super::Shared;
use super::access::{COOKIE, Viewer, cookie, is_same, proper_name};
use super::error::{Error, OwnWords};
use super::home::rendered;
use super::security::Frame;

/// For how long a browser keeps what it was given, in seconds.
const HOLDS: u32 = 30 * 86_400;

#[derive(Template)]
#[template(path = "door.html")]
struct Page {
    frame: Frame,
    /// Whether there is a token that opens.
    has_token: bool,
    /// What was wrong with what was sent.
    wrong: &'static str,
    name: String,
}

/// What the form sends.
#[derive(Deserialize)]
pub struct Brought {
    #[serde(default)]
    token: String,
    #[serde(default)]
    name: String,
}

/// The page that says how the reviews are opened.
///
/// # Errors
///
/// When it cannot be written.
pub fn closed(site: &Shared, frame: Frame) -> Result<Response, Error> {
    shown(site, frame, "", String::new(), StatusCode::OK)
}

fn shown(
    site: &Shared,
    frame: Frame,
    wrong: &'static str,
    name: String,
    status: StatusCode,
) -> Result<Response, Error> {
    let page = rendered(&Page {
        frame,
        has_token: site.settings.reviews_token.is_some(),
        wrong,
        name,
    })?;
    let mut response = (status, page).into_response();
    response.extensions_mut().insert(OwnWords);
    Ok(response)
}

/// The form.
pub async fn page(
    State(site): State<Shared>,
    frame: Frame,
    viewer: Viewer,
) -> Result<Response, Error> {
    match viewer {
        Viewer::Nobody => closed(&site, frame),
        // Whoever sits at the machine may give a name, where names are given.
        Viewer::Local if site.settings.reviews_token.is_some() => closed(&site, frame),
        _ => Ok(Redirect::to("/reviews").into_response()),
    }
}

/// Opens for whoever brings the token.
pub async fn open(
    State(site): State<Shared>,
    frame: Frame,
    Form(brought): Form<Brought>,
) -> Result<Response, Error> {
    let token = site.settings.reviews_token.as_ref();
    let token = token.ok_or(Error::NotFound)?;
    let refused = |why| {
        let name = brought.name.clone();
        shown(&site, frame.clone(), why, name, StatusCode::FORBIDDEN)
    };
    if !is_same(token.expose_secret(), brought.token.trim()) {
        return refused("That is not the token.");
    }
    let Some(name) = proper_name(&brought.name) else {
        return refused("Give a name of 1 to 40 characters, without @, <, >, & and `.");
    };
    let value = cookie(token, &name)
        .ok_or_else(|| Error::Internal("the token makes no cookie".to_owned()))?;
    let cookie =
        format!("{COOKIE}={value}; Path=/; Max-Age={HOLDS}; Secure; HttpOnly; SameSite=Lax");
    let there = Redirect::to("/reviews");
    Ok(([(header::SET_COOKIE, cookie)], there).into_response())
}
