//! `/setup`: registers a GitHub App by a manifest, and shows what its settings are, once.
//!
//! The address exists for those alone who have shown that they run the server: whoever asks from
//! the machine itself, or, with `serve --setup`, has the key that the terminal printed. What GitHub
//! gives comes back by a redirect, which anybody could forge: it must carry a state that was given
//! out here, to this browser, within the hour, and has not been used.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use askama::Template;
use axum::extract::{Form, Query, State};
use axum::http::header;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};
use axum_extra::extract::CookieJar;
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;

use super::Shared;
use super::access::{is_on_the_machine, is_same};
use super::error::Error;
use super::home::rendered;
use super::rows::message;
use super::security::{FormsGoTo, Frame, unguessable};
use crate::github::client::Failure;
use crate::github::client::registration::{Registered, convert};
use crate::github::doctor::{self, App, Line};
use crate::github::permissions::{self, NEEDED};
use crate::github::{Bot, manifest};

/// Binds a state to the browser that it was given to.
const COOKIE: &str = "__Host-setup";
/// How long a state holds: as long as GitHub's codes.
const STATE_HOLDS: Duration = Duration::from_secs(3600);
/// How long what was registered waits to be written.
const WRITTEN_WITHIN: Duration = Duration::from_secs(600);
/// States that are given out at the same time; the oldest gives way.
const MOST_STATES: usize = 32;

/// Writes a file of settings; says where it is, or why it could not be written.
pub type Write = Box<dyn Fn(&str) -> Result<String, String> + Send + Sync>;

/// How the site is set up.
pub struct Setup {
    api_url: String,
    html_url: String,
    /// The key of those who are not on the machine, and what writes the settings.
    opened: Option<(SecretString, Write)>,
    begun: Mutex<Vec<Begun>>,
    registered: Mutex<Option<Ready>>,
}

/// A registration that somebody began.
struct Begun {
    state: String,
    cookie: String,
    ends: Instant,
}

/// What was registered and may be written.
struct Ready {
    token: String,
    file: SecretString,
    ends: Instant,
}

impl Setup {
    /// Set-up with the GitHub at these addresses, for those on the machine.
    pub fn new(api_url: String, html_url: String) -> Setup {
        Setup {
            api_url,
            html_url,
            opened: None,
            begun: Mutex::default(),
            registered: Mutex::default(),
        }
    }

    /// Set-up for those as well who have this key, who may also let the settings be written.
    #[must_use]
    pub fn opened_by(self, key: SecretString, write: Write) -> Setup {
        Setup {
            opened: Some((key, write)),
            ..self
        }
    }

    /// Whether somebody may set this server up.
    fn admits(&self, parts: &Parts, key: Option<&str>) -> bool {
        let given = key.unwrap_or("");
        let has_key = self
            .opened
            .as_ref()
            .is_some_and(|(key, _)| is_same(key.expose_secret(), given));
        has_key || is_on_the_machine(parts)
    }

    /// A new state for a browser.
    fn begin(&self) -> Result<(String, String), Error> {
        let (state, cookie) = (unguessable()?, unguessable()?);
        let mut begun = lock(&self.begun);
        begun.retain(|one| one.ends > Instant::now());
        if begun.len() >= MOST_STATES {
            begun.remove(0);
            tracing::warn!(
                most = MOST_STATES,
                "too many set-ups are begun, the oldest is given up"
            );
        }
        begun.push(Begun {
            state: state.clone(),
            cookie: cookie.clone(),
            ends: Instant::now() + STATE_HOLDS,
        });
        Ok((state, cookie))
    }

    /// Uses up a state. Whether it was this browser's and still held.
    fn end(&self, state: &str, cookie: &str) -> bool {
        let mut begun = lock(&self.begun);
        let Some(at) = begun.iter().position(|one| is_same(&one.state, state)) else {
            return false;
        };
        // Whoever brings a state of another has seen it: it is worth nothing any more.
        let found = begun.remove(at);
        found.ends > Instant::now() && is_same(&found.cookie, cookie)
    }

    /// Holds what was registered until it is written, where that can be; gives the word for it.
    fn hold(&self, file: &str) -> Result<Option<String>, Error> {
        if self.opened.is_none() {
            return Ok(None);
        }
        let token = unguessable()?;
        *lock(&self.registered) = Some(Ready {
            token: token.clone(),
            file: file.into(),
            ends: Instant::now() + WRITTEN_WITHIN,
        });
        Ok(Some(token))
    }

    /// Takes what was registered, for whoever has the word for it.
    fn take(&self, token: &str) -> Option<SecretString> {
        let mut registered = lock(&self.registered);
        let held = registered.take_if(|ready| is_same(&ready.token, token))?;
        (held.ends > Instant::now()).then_some(held.file)
    }
}

fn lock<T>(shared: &Mutex<T>) -> MutexGuard<'_, T> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}

/// What the page is asked with.
#[derive(Deserialize)]
pub struct Asked {
    key: Option<String>,
    organisation: Option<String>,
}

#[derive(Template)]
#[template(path = "setup.html")]
struct Page {
    frame: Frame,
    key: String,
    organisation: String,
    action: String,
    manifest: String,
    github: String,
    public_url: String,
    /// Whether GitHub cannot reach the site at its address.
    is_local: bool,
    can_write: bool,
    permissions: &'static [permissions::Permission],
    events: &'static [(&'static str, &'static str)],
}

/// One permission beside what was granted.
struct Row {
    name: String,
    needed: &'static str,
    granted: String,
    why: &'static str,
    is_enough: bool,
}

/// What the doctor says, as HTML.
struct Shown {
    about: &'static str,
    state: &'static str,
    found: String,
    way_out: Option<String>,
}

impl Shown {
    fn of(line: Line) -> Shown {
        Shown {
            about: line.about,
            state: line.state.name(),
            found: message(&line.found),
            way_out: line.way_out.as_deref().map(message),
        }
    }
}

#[derive(Template)]
#[template(path = "setup_state.html")]
struct Configured {
    frame: Frame,
    lines: Vec<Shown>,
    rows: Vec<Row>,
    more: Vec<String>,
    missing_events: Vec<(&'static str, &'static str)>,
    page: Option<String>,
}

/// The form that registers an App, or how the one that is set does.
pub async fn page(
    State(site): State<Shared>,
    frame: Frame,
    Query(asked): Query<Asked>,
    parts: Parts,
) -> Result<Response, Error> {
    let setup = site.setup.as_ref().ok_or(Error::NotFound)?;
    if !setup.admits(&parts, asked.key.as_deref()) {
        return Err(Error::NotFound);
    }
    if let Some(bot) = &site.bot {
        return configured(bot, frame).await;
    }
    let organisation = asked.organisation.unwrap_or_default();
    let organisation = organisation.trim();
    let named = Some(organisation).filter(|name| !name.is_empty());
    let page = manifest::page(&setup.html_url, named)
        .ok_or_else(|| Error::BadRequest("That is no name of an organisation.".to_owned()))?;
    let (state, cookie) = setup.begin()?;
    let public_url = site.settings.public_url.clone();
    let shown = rendered(&Page {
        frame,
        key: asked.key.unwrap_or_default(),
        organisation: organisation.to_owned(),
        action: format!("{page}?state={state}"),
        manifest: manifest::manifest(&public_url).to_string(),
        github: setup.html_url.clone(),
        is_local: is_local(&public_url),
        public_url,
        can_write: setup.opened.is_some(),
        permissions: &NEEDED,
        events: &permissions::EVENTS,
    })?;
    let seconds = STATE_HOLDS.as_secs();
    let cookie =
        format!("{COOKIE}={cookie}; Path=/; Max-Age={seconds}; Secure; HttpOnly; SameSite=Lax");
    let mut response = ([(header::SET_COOKIE, cookie)], shown).into_response();
    response
        .extensions_mut()
        .insert(FormsGoTo(setup.html_url.clone()));
    Ok(response)
}

/// Whether an address is of this machine alone.
fn is_local(url: &str) -> bool {
    let host = url.split_once("://").map_or(url, |(_, host)| host);
    ["localhost", "127.", "[::1]", "0.0.0.0"]
        .iter()
        .any(|start| host.starts_with(start))
}

async fn configured(bot: &Bot, frame: Frame) -> Result<Response, Error> {
    let github = bot.github();
    let now = github.clock().now();
    let lines = doctor::examine(github.store(), now, Some(Ok(github.clone()))).await;
    // Where GitHub does not answer, the lines say so.
    let app: Option<App> = github.get_as_app("/app").await.ok();
    let granted = app.as_ref().map(|app| app.permissions.clone());
    let granted = granted.unwrap_or_default();
    let difference = permissions::difference(&granted);
    let row = |needed: &permissions::Permission| Row {
        name: permissions::title(needed.name),
        needed: needed.level,
        granted: granted
            .get(needed.name)
            .map_or("nothing", String::as_str)
            .to_owned(),
        why: needed.why,
        is_enough: !difference.missing.contains(needed),
    };
    let more = difference
        .more
        .iter()
        .map(|(name, level)| format!("{}: {level}", permissions::title(name)));
    let shown = rendered(&Configured {
        frame,
        lines: lines.into_iter().map(Shown::of).collect(),
        rows: NEEDED.iter().filter(|_| app.is_some()).map(row).collect(),
        more: more.collect(),
        missing_events: app
            .as_ref()
            .map_or_else(Vec::new, |app| permissions::missing_events(&app.events)),
        page: app.map(|app| app.page(&github.settings().html_url)),
    })?;
    Ok(shown.into_response())
}

/// What GitHub sends the browser back with.
#[derive(Deserialize)]
pub struct Back {
    #[serde(default)]
    code: String,
    #[serde(default)]
    state: String,
}

#[derive(Template)]
#[template(path = "setup_done.html")]
struct Done {
    frame: Frame,
    name: String,
    install: String,
    file: String,
    variables: String,
    /// The word with which the file may be written.
    token: Option<String>,
}

/// The end of a registration: its settings, which are shown this once.
pub async fn callback(
    State(site): State<Shared>,
    frame: Frame,
    jar: CookieJar,
    Query(back): Query<Back>,
) -> Result<Response, Error> {
    let setup = site.setup.as_ref().ok_or(Error::NotFound)?;
    let cookie = jar.get(COOKIE).map_or("", |cookie| cookie.value());
    if site.bot.is_some() || !setup.end(&back.state, cookie) {
        return Err(Error::BadRequest(
            "This registration was not begun here, in this browser, within the last hour. Begin again at /setup."
                .to_owned(),
        ));
    }
    let app = convert(&setup.api_url, &back.code).await.map_err(failed)?;
    let file = manifest::as_file(&app, &setup.api_url);
    let shown = rendered(&Done {
        frame,
        install: install_page(&app),
        token: setup.hold(&file)?,
        variables: manifest::as_variables(&app, &setup.api_url),
        name: app.name,
        file,
    })?;
    let gone = format!("{COOKIE}=; Path=/; Max-Age=0; Secure; HttpOnly; SameSite=Lax");
    Ok(([(header::SET_COOKIE, gone)], shown).into_response())
}

fn install_page(app: &Registered) -> String {
    format!("{}/installations/new", app.html_url.trim_end_matches('/'))
}

fn failed(failure: Failure) -> Error {
    match failure {
        Failure::Gone(_) => Error::BadRequest(
            "GitHub does not know this code any more: it holds for an hour, and once. Begin again at /setup."
                .to_owned(),
        ),
        other => Error::Internal(other.to_string()),
    }
}

/// The form that lets the settings be written.
#[derive(Deserialize)]
pub struct Wanted {
    #[serde(default)]
    token: String,
}

#[derive(Template)]
#[template(path = "setup_written.html")]
struct Written {
    frame: Frame,
    file: String,
}

/// Writes the settings that were just shown.
pub async fn write(
    State(site): State<Shared>,
    frame: Frame,
    Form(wanted): Form<Wanted>,
) -> Result<Response, Error> {
    let opened = site.setup.as_ref().and_then(|setup| {
        let (_, write) = setup.opened.as_ref()?;
        Some((write, setup.take(&wanted.token)?))
    });
    let Some((write, file)) = opened else {
        return Err(Error::BadRequest(
            "There is nothing to write: it was written already, or waited for too long.".to_owned(),
        ));
    };
    match write(file.expose_secret()) {
        Ok(file) => Ok(rendered(&Written { frame, file })?.into_response()),
        Err(why) => Err(Error::BadRequest(format!(
            "The file could not be written: {why}. Copy the settings from the page before; they are not shown again."
        ))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_state_holds_once_for_its_browser_and_an_hour() {
        let setup = Setup::new(String::new(), String::new());
        let (state, cookie) = setup.begin().unwrap();
        assert!(setup.end(&state, &cookie));
        assert!(!setup.end(&state, &cookie), "once");
        let (state, cookie) = setup.begin().unwrap();
        let (other, _) = setup.begin().unwrap();
        assert!(!setup.end(&other, &cookie), "another browser");
        lock(&setup.begun)[0].ends = Instant::now();
        assert!(!setup.end(&state, &cookie), "too late");
        assert!(!setup.end("", ""));
        for _ in 0..3 * MOST_STATES {
            setup.begin().unwrap();
        }
        assert_eq!(lock(&setup.begun).len(), MOST_STATES);
    }
}
