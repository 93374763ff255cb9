//! Accounts: people sign in with GitHub, and what they may see and do here is what GitHub says of
//! them, asked with their own token.
//!
//! There are accounts where the App's client is set and something is kept. What a browser has is the
//! name of a session; everything else stands in the database, encrypted.

pub mod pages;
mod permitted;
mod sessions;

use std::sync::Arc;

use axum::Router;
use axum::extract::{Request, State};
use axum::http::header::{self, HeaderValue};
use axum::http::request::Parts;
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use tower_sessions::cookie::SameSite;
use tower_sessions::cookie::time::Duration;
use tower_sessions::{Expiry, Session, SessionManagerLayer};

use super::access::{self, Viewer};
use super::error::Error;
use super::reviews::encoded;
use super::security::{Frame, Reader};
use super::settings::Administrator;
use super::{Shared, Site};
use crate::github::client::GitHub;
use crate::github::sign_in::SignIn;
use crate::store::Store;
use crate::store::sessions::hashed;
use permitted::Permitted;
use sessions::Sessions;

/// The name of the session. The prefix makes browsers take it from this host over HTTPS alone.
pub const COOKIE: &str = "__Host-session";
/// A session ends when nothing was asked for so long, in milliseconds. It also ends with the token
/// that GitHub gave, after eight hours.
const IDLE: i64 = 2 * 3_600_000;
/// How often it is written down that somebody is still there, in milliseconds.
const TOUCH: i64 = 5 * 60_000;
/// What a session holds of who signed in.
const PERSON: &str = "person";
/// Where nobody is asked to come back to otherwise.
const START: &str = "/reviews";

/// Accounts of people on GitHub.
pub struct Accounts {
    sign_in: SignIn,
    github: GitHub,
    store: Store,
    sessions: Sessions,
    permitted: Permitted,
    administrators: Vec<Administrator>,
}

/// Who signed in, as a session holds it.
#[derive(Serialize, Deserialize)]
struct Holder {
    id: i64,
    login: String,
    token: String,
    /// When the token holds no more, in milliseconds since 1970.
    ends: i64,
    /// When they were seen last.
    seen: i64,
}

impl Holder {
    /// The person of a session. Out of it the token can only be asked for by name.
    fn person(self, session: String, administrators: &[Administrator]) -> Person {
        let is_named = |one: &Administrator| one.is(self.id, &self.login);
        Person {
            is_administrator: administrators.iter().any(is_named),
            id: self.id,
            login: self.login,
            token: self.token.into(),
            session,
        }
    }
}

/// Somebody who signed in.
#[derive(Clone, Debug)]
pub struct Person {
    /// Their number on GitHub, which no rename changes.
    pub id: i64,
    /// Their name there.
    pub login: String,
    /// With which GitHub is asked in their name.
    token: SecretString,
    /// By what their session is known in the database.
    session: String,
    /// Whether the operator named them.
    pub is_administrator: bool,
}

impl Accounts {
    /// The accounts of a site, where there are any.
    pub fn of(site: &Site) -> Option<Accounts> {
        let (bot, store) = (site.bot.as_ref()?, site.store.as_ref()?);
        let github = bot.github();
        let sign_in = match SignIn::new(github, &site.settings.public_url) {
            Ok(sign_in) => sign_in?,
            Err(why) => {
                tracing::error!(why, "nobody can sign in: an address makes no sense");
                return None;
            }
        };
        let secret = github.settings().client_secret.as_ref()?;
        if !keeps_cookies(&site.settings.public_url) {
            tracing::warn!(
                public_url = site.settings.public_url,
                "nobody can sign in at an address that is not https: browsers keep no session there"
            );
        }
        Some(Accounts {
            sign_in,
            sessions: Sessions::new(store.clone(), github.clock().clone(), secret)?,
            permitted: Permitted::new(store.events()),
            github: github.clone(),
            store: store.clone(),
            administrators: site.settings.administrators.clone(),
        })
    }

    /// Who has this session, if it holds. Writes down now and then that they are there.
    async fn holder(&self, session: &Session) -> Result<Option<Person>, Error> {
        let holder: Option<Holder> = session.get(PERSON).await.map_err(failed)?;
        let Some(mut holder) = holder else {
            return Ok(None);
        };
        let now = self.github.clock().now();
        if holder.ends <= now {
            session.flush().await.map_err(failed)?;
            return Ok(None);
        }
        if holder.seen + TOUCH <= now {
            holder.seen = now;
            session.insert(PERSON, &holder).await.map_err(failed)?;
        }
        let name = session.id().map(|id| hashed(&id.to_string()));
        Ok(name.map(|name| holder.person(name, &self.administrators)))
    }

    /// Whether somebody is still signed in.
    pub async fn holds(&self, person: &Person) -> Result<bool, Error> {
        let now = self.github.clock().now();
        let session = self.store.session(&person.session, now).await?;
        Ok(session.is_some())
    }
}

/// Whether browsers keep a session of a site at this address.
fn keeps_cookies(public_url: &str) -> bool {
    let host = public_url.split_once("://").map_or("", |(_, host)| host);
    let local = ["localhost", "127.0.0.1", "[::1]"];
    public_url.starts_with("https://") || local.iter().any(|name| host.starts_with(name))
}

/// What the library says of what it keeps; it names no session.
fn failed(error: tower_sessions::session::Error) -> Error {
    Error::Internal(error.to_string())
}

/// Routes that know who asks.
pub fn personal(routes: Router<Shared>, site: &Shared) -> Router<Shared> {
    let routes = routes.layer(middleware::from_fn_with_state(site.clone(), known));
    let Some(accounts) = &site.accounts else {
        return routes;
    };
    let sessions = SessionManagerLayer::new(accounts.sessions.clone())
        .with_name(COOKIE)
        .with_secure(true)
        .with_http_only(true)
        .with_same_site(SameSite::Lax)
        .with_path("/")
        .with_expiry(Expiry::OnInactivity(Duration::milliseconds(IDLE)));
    routes
        .layer(sessions)
        .layer(middleware::map_response(taken_away))
}

/// A cookie is taken away by the attributes that it was given with; the library leaves them out.
async fn taken_away(mut response: Response) -> Response {
    let gone = format!("{COOKIE}=; Path=/; Max-Age=0; Secure; HttpOnly; SameSite=Lax");
    let Ok(gone) = HeaderValue::from_str(&gone) else {
        return response;
    };
    let empty = format!("{COOKIE}=;");
    for (name, value) in response.headers_mut() {
        if name == header::SET_COOKIE && value.as_bytes().starts_with(empty.as_bytes()) {
            *value = gone.clone();
        }
    }
    response
}

/// Finds out who asks, for the handlers and for the head of the page.
async fn known(State(site): State<Shared>, request: Request, next: Next) -> Response {
    let (mut parts, body) = request.into_parts();
    let viewer = match viewer(&parts, &site).await {
        Ok(viewer) => viewer,
        Err(error) => return error.into_response(),
    };
    let reader = site.accounts.as_ref().map(|_| reader(&viewer, &parts));
    if let Some(frame) = parts.extensions.get_mut::<Frame>() {
        frame.reader.clone_from(&reader);
    }
    parts.extensions.insert(viewer);
    let mut response = next.run(Request::from_parts(parts, body)).await;
    if let Some(reader) = reader {
        // A page that says what went wrong is written further out.
        response.extensions_mut().insert(reader);
    }
    response
}

/// Who asks: whoever signed in, then whoever has the operator's token, then who sits here.
async fn viewer(parts: &Parts, site: &Site) -> Result<Viewer, Error> {
    if let (Some(accounts), Some(session)) = (&site.accounts, parts.extensions.get::<Session>())
        && let Some(person) = accounts.holder(session).await?
    {
        return Ok(Viewer::Person(Arc::new(person)));
    }
    Ok(access::unnamed(parts, site))
}

fn reader(viewer: &Viewer, parts: &Parts) -> Reader {
    let path = parts.uri.path();
    let after_form = ["/marks", "/post", "/audit"];
    let page = after_form.iter().find_map(|end| path.strip_suffix(end));
    let back = match (page, parts.uri.path_and_query()) {
        (Some(page), _) => page,
        (None, Some(whole)) => whole.as_str(),
        (None, None) => path,
    };
    Reader {
        name: match viewer {
            Viewer::Person(person) => person.login.clone(),
            _ => String::new(),
        },
        sign_in: format!("/auth/github?return_to={}", encoded(way_back(back))),
    }
}

/// Where somebody may be led back to: a page of reviews on this site, and nowhere else.
pub fn way_back(asked: &str) -> &str {
    let path = asked.split(['?', '#']).next().unwrap_or("");
    let is_ours = ["/reviews", "/repositories"].iter().any(|start| {
        path.strip_prefix(start)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    });
    let is_plain = asked.len() <= 1_000
        && asked
            .bytes()
            .all(|byte| byte.is_ascii_graphic() && byte != b'\\')
        && !path.split('/').any(|part| part == "." || part == "..")
        && !path.contains("//");
    if is_ours && is_plain { asked } else { START }
}

/// Whether somebody would have to sign in before they may change anything.
pub fn is_signed_out(site: &Site, viewer: &Viewer) -> bool {
    site.accounts.is_some() && matches!(viewer, Viewer::Nobody)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_is_led_elsewhere() {
        for ours in [
            "/reviews",
            "/reviews?state=all",
            "/reviews/acme/queue/1?x=//evil.example",
            "/repositories/acme/queue#audit",
        ] {
            assert_eq!(way_back(ours), ours);
        }
        for other in [
            "",
            "https://evil.example",
            "//evil.example",
            "/\\evil.example",
            "/reviews/..//evil.example",
            "/reviews//evil.example",
            "/reviewsx",
            "/reviews@evil.example",
            "/auth/github",
            "/setup",
            "/reviews/\r\nSet-Cookie: a=b",
            "/reviews/\\evil",
            "javascript:alert(1)",
            "reviews",
        ] {
            assert_eq!(way_back(other), START, "{other}");
        }
    }
}
