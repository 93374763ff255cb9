//! `/auth`: to GitHub and back, and out again.

use askama::Template;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use secrecy::ExposeSecret;
use serde::{Deserialize, Serialize};
use tower_sessions::cookie::time::Duration;
use tower_sessions::{Expiry, Session};

use super::sessions::SIGNING_IN;
use super::{Accounts, Holder, PERSON, START, failed, way_back};
use crate::github::client::Failure;
use crate::web::Shared;
use crate::web::access::{Viewer, is_same};
use crate::web::error::{Error, OwnWords};
use crate::web::home::rendered;
use crate::web::security::Frame;

/// What a session holds while somebody signs in.
const SIGN_IN: &str = "sign-in";

/// A sign-in that was begun in this browser.
#[derive(Serialize, Deserialize)]
struct Begun {
    state: String,
    verifier: String,
    return_to: String,
}

/// What leads to GitHub is asked with.
#[derive(Deserialize)]
pub struct Asked {
    #[serde(default)]
    return_to: String,
}

/// The accounts; without them these addresses are not there.
fn accounts(site: &Shared) -> Result<&Accounts, Error> {
    site.accounts.as_ref().ok_or(Error::NotFound)
}

/// Leads to GitHub.
pub async fn begin(
    State(site): State<Shared>,
    session: Option<axum::Extension<Session>>,
    viewer: Viewer,
    Query(asked): Query<Asked>,
) -> Result<Redirect, Error> {
    let accounts = accounts(&site)?;
    let axum::Extension(session) = session.ok_or(Error::NotFound)?;
    let begun = accounts.sign_in.begin();
    let held = Begun {
        state: begun.state,
        verifier: begun.verifier,
        return_to: way_back(&asked.return_to).to_owned(),
    };
    if !matches!(viewer, Viewer::Person(_)) {
        session.set_expiry(Some(Expiry::OnInactivity(Duration::milliseconds(
            SIGNING_IN,
        ))));
    }
    session.insert(SIGN_IN, held).await.map_err(failed)?;
    Ok(Redirect::to(&begun.address))
}

/// What GitHub sends the browser back with.
#[derive(Deserialize)]
pub struct Back {
    #[serde(default)]
    code: String,
    #[serde(default)]
    state: String,
    #[serde(default)]
    error: String,
}

/// Lets in whoever GitHub sends back, if they went from here.
pub async fn callback(
    State(site): State<Shared>,
    session: Option<axum::Extension<Session>>,
    Query(back): Query<Back>,
) -> Result<Redirect, Error> {
    let accounts = accounts(&site)?;
    let axum::Extension(session) = session.ok_or(Error::NotFound)?;
    let begun: Option<Begun> = session.remove(SIGN_IN).await.map_err(failed)?;
    let Some(begun) = begun else {
        return Err(not_begun());
    };
    // Whatever comes of it, it is used up now.
    session.save().await.map_err(failed)?;
    if !is_same(&begun.state, &back.state) {
        return Err(not_begun());
    }
    if !back.error.is_empty() {
        let why = "GitHub did not let you in, or you did not want to be. Nothing was changed.";
        return Err(Error::BadRequest(why.to_owned()));
    }
    let signed_in = accounts.sign_in.end(&back.code, &begun.verifier).await;
    let signed_in = signed_in.map_err(refused)?;
    // A name that somebody else may have put into this browser is worth nothing from here on.
    session.clear().await;
    session.cycle_id().await.map_err(failed)?;
    session.set_expiry(Some(Expiry::OnInactivity(Duration::milliseconds(
        super::IDLE,
    ))));
    let holder = Holder {
        id: signed_in.id,
        login: signed_in.login,
        token: signed_in.token.expose_secret().to_owned(),
        ends: signed_in.ends,
        seen: accounts.github.clock().now(),
    };
    session.insert(PERSON, holder).await.map_err(failed)?;
    Ok(Redirect::to(&begun.return_to))
}

fn not_begun() -> Error {
    Error::BadRequest(
        "This sign-in was not begun in this browser within the last ten minutes, or was used already. Open the page that you want and sign in from there."
            .to_owned(),
    )
}

fn refused(failure: Failure) -> Error {
    match failure {
        Failure::Unauthorized | Failure::Gone(_) => Error::BadRequest(
            "GitHub does not take this sign-in any more: its code holds once, and for ten minutes. Sign in again."
                .to_owned(),
        ),
        failure @ (Failure::Forbidden { .. } | Failure::Refused { .. }) => {
            tracing::error!(%failure, "nobody can sign in");
            Error::Unanswered
        }
        failure => {
            tracing::warn!(%failure, "somebody could not sign in");
            Error::Unanswered
        }
    }
}

/// Ends this session.
pub async fn sign_out(
    State(site): State<Shared>,
    session: Option<axum::Extension<Session>>,
) -> Result<Redirect, Error> {
    accounts(&site)?;
    let axum::Extension(session) = session.ok_or(Error::NotFound)?;
    session.flush().await.map_err(failed)?;
    Ok(Redirect::to(START))
}

/// Ends all sessions of whoever asks.
pub async fn sign_out_everywhere(
    State(site): State<Shared>,
    session: Option<axum::Extension<Session>>,
    viewer: Viewer,
) -> Result<Redirect, Error> {
    let accounts = accounts(&site)?;
    let axum::Extension(session) = session.ok_or(Error::NotFound)?;
    if let Viewer::Person(person) = &viewer {
        accounts.store.end_sessions(person.id).await?;
    }
    session.flush().await.map_err(failed)?;
    Ok(Redirect::to(START))
}

/// What was sent and not taken, to be sent again.
#[derive(Template)]
#[template(path = "signed_out.html")]
struct SignedOut {
    frame: Frame,
    /// Where it is sent to.
    action: String,
    /// Names and values.
    fields: Vec<(&'static str, String)>,
    /// What was to be said of what: an item and a mark.
    mark: String,
    /// What was written.
    note: Option<String>,
}

/// Says that somebody has to sign in first, and keeps what they sent on the page. It says the same
/// whatever it was about.
///
/// # Errors
///
/// When it cannot be written.
pub fn signed_out(
    frame: Frame,
    fields: Vec<(&'static str, String)>,
    note: Option<String>,
) -> Result<Response, Error> {
    let action = frame.path.clone();
    let shown = fields.iter().filter(|(name, _)| *name != "head");
    let mark: Vec<&str> = shown.map(|(_, value)| value.as_str()).collect();
    let page = rendered(&SignedOut {
        frame,
        action,
        mark: mark.join(" "),
        fields,
        note,
    })?;
    // A program may bring the operator's token so.
    let how = [("www-authenticate", "Bearer realm=\"reviews\"")];
    let mut response = (StatusCode::UNAUTHORIZED, how, page).into_response();
    response.extensions_mut().insert(OwnWords);
    Ok(response)
}
