//! Who looks at the reviews, and what of a repository's reviews they may see and do.
//!
//! Reviews are told to those who may read the repository on GitHub (see `accounts`), to those on the
//! machine itself, and to whoever brings the token that the operator set. To everybody else the
//! pages of a repository are not there.

use std::net::SocketAddr;
use std::sync::Arc;

use axum::extract::{ConnectInfo, FromRequestParts};
use axum::http::header;
use axum::http::request::Parts;
use axum_extra::extract::CookieJar;
use hmac::{Hmac, KeyInit, Mac};
use secrecy::{ExposeSecret, SecretString};
use sha2::Sha256;
use std::convert::Infallible;
use subtle::ConstantTimeEq;

use super::accounts::Person;
use super::error::Error;
use super::{Shared, Site};

/// Shows that a browser brought the token. The prefix makes browsers take it from this host over
/// HTTPS alone.
pub const COOKIE: &str = "__Host-reviews";
/// The longest name that somebody goes by, in characters.
const LONGEST: usize = 40;

/// What somebody may do with a repository's reviews; whoever may do more may do less.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Access {
    /// Nothing: for them it is not there.
    None,
    /// See them.
    Read,
    /// Mark items.
    Mark,
    /// Post, begin an audit.
    Write,
    /// Everything.
    Administer,
}

/// What somebody may do under a name, and of which repository that is true.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Seen {
    access: Access,
    /// The number of the repository that has the name now; nothing where it is true of all.
    repository: Option<i64>,
}

impl Seen {
    /// Of every repository.
    pub fn all(access: Access) -> Seen {
        Seen {
            access,
            repository: None,
        }
    }

    /// Of one repository.
    pub fn one(access: Access, repository: i64) -> Seen {
        Seen {
            access,
            repository: Some(repository),
        }
    }

    /// Nothing.
    pub fn none() -> Seen {
        Seen::all(Access::None)
    }

    /// What they may do with the repository of this number. Names change hands: what is kept under
    /// a name may be of a repository that had it before.
    pub fn of(self, repository: i64) -> Access {
        let is_it = self.repository.is_none_or(|number| number == repository);
        if is_it { self.access } else { Access::None }
    }
}

/// Who asks.
#[derive(Clone, Debug)]
pub enum Viewer {
    /// Somebody of whom nothing is known.
    Nobody,
    /// Whoever sits at the machine.
    Local,
    /// Somebody with the operator's token, by the name that they gave.
    TokenHolder {
        /// The name.
        name: String,
    },
    /// Somebody who signed in.
    Person(Arc<Person>),
}

impl Viewer {
    /// By what their marks are known.
    pub fn key(&self) -> String {
        match self {
            Viewer::Nobody => String::new(),
            Viewer::Local => "local".to_owned(),
            Viewer::TokenHolder { name } => format!("token:{name}"),
            Viewer::Person(person) => format!("github:{}", person.id),
        }
    }

    /// What others are told of them.
    pub fn name(&self) -> &str {
        match self {
            Viewer::Nobody => "nobody",
            Viewer::Local => "the reviewer at the server's machine",
            Viewer::TokenHolder { name } => name,
            Viewer::Person(person) => &person.login,
        }
    }
}

impl FromRequestParts<Shared> for Viewer {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, site: &Shared) -> Result<Viewer, Infallible> {
        let known: Option<&Viewer> = parts.extensions.get();
        Ok(known.cloned().unwrap_or_else(|| unnamed(parts, site)))
    }
}

/// Who asks, of those who did not sign in.
pub fn unnamed(parts: &Parts, site: &Site) -> Viewer {
    holder(parts, site)
        .or_else(|| is_on_the_machine(parts).then_some(Viewer::Local))
        .unwrap_or(Viewer::Nobody)
}

/// Whoever brings the token: a program in a header, a browser by the cookie that it got for it.
fn holder(parts: &Parts, site: &Site) -> Option<Viewer> {
    let token = site.settings.reviews_token.as_ref()?;
    let header = parts.headers.get(header::AUTHORIZATION);
    let given = header.and_then(|value| value.to_str().ok()?.strip_prefix("Bearer "));
    if given.is_some_and(|given| is_same(token.expose_secret(), given.trim())) {
        let name = "a program with the token".to_owned();
        return Some(Viewer::TokenHolder { name });
    }
    let jar = CookieJar::from_headers(&parts.headers);
    let name = named(token, jar.get(COOKIE)?.value())?;
    Some(Viewer::TokenHolder { name })
}

/// What somebody may do with the reviews of a repository.
///
/// # Errors
///
/// When GitHub does not answer, or the database fails.
pub async fn access(
    site: &Site,
    viewer: &Viewer,
    owner: &str,
    repository: &str,
) -> Result<Seen, Error> {
    match (viewer, &site.accounts) {
        (Viewer::Local, _) => Ok(Seen::all(Access::Administer)),
        (Viewer::TokenHolder { .. }, _) => Ok(Seen::all(Access::Write)),
        (Viewer::Person(person), _) if person.is_administrator => Ok(Seen::all(Access::Administer)),
        (Viewer::Person(person), Some(accounts)) => {
            accounts.permitted(person, owner, repository).await
        }
        (Viewer::Nobody, Some(accounts)) => accounts.public(owner, repository).await,
        (Viewer::Person(_) | Viewer::Nobody, None) => Ok(Seen::none()),
    }
}

/// The repositories whose reviews somebody may see, by their numbers; nothing for all of them.
///
/// # Errors
///
/// When GitHub does not answer, or the database fails.
pub async fn readable(site: &Site, viewer: &Viewer) -> Result<Option<Vec<i64>>, Error> {
    match (viewer, &site.accounts) {
        (Viewer::Local | Viewer::TokenHolder { .. }, _) => Ok(None),
        (Viewer::Person(person), _) if person.is_administrator => Ok(None),
        (Viewer::Person(person), Some(accounts)) => accounts.listed(Some(person)).await.map(Some),
        (Viewer::Nobody, Some(accounts)) => accounts.listed(None).await.map(Some),
        (Viewer::Person(_) | Viewer::Nobody, None) => Ok(Some(Vec::new())),
    }
}

/// Whether whoever asked is still who they were: a page may stay open for long.
///
/// # Errors
///
/// When the database fails.
pub async fn is_still_there(site: &Site, viewer: &Viewer) -> Result<bool, Error> {
    match (viewer, &site.accounts) {
        (Viewer::Person(person), Some(accounts)) => accounts.holds(person).await,
        (Viewer::Person(_), None) => Ok(false),
        _ => Ok(true),
    }
}

/// The value of the cookie of somebody who brought the token and goes by this name.
pub fn cookie(token: &SecretString, name: &str) -> Option<String> {
    let name = hex(name.as_bytes());
    Some(format!("{name}.{}", tag(token, &name)?))
}

/// The name in a cookie, if we made it for the token that holds now.
fn named(token: &SecretString, cookie: &str) -> Option<String> {
    let (name, given) = cookie.split_once('.')?;
    if !is_same(&tag(token, name)?, given) {
        return None;
    }
    let bytes: Option<Vec<u8>> = (0..name.len() / 2)
        .map(|at| u8::from_str_radix(name.get(2 * at..2 * at + 2)?, 16).ok())
        .collect();
    String::from_utf8(bytes?).ok()
}

fn tag(token: &SecretString, name: &str) -> Option<String> {
    let mut mac = Hmac::<Sha256>::new_from_slice(token.expose_secret().as_bytes()).ok()?;
    mac.update(b"highwater reviews, version 1/");
    mac.update(name.as_bytes());
    Some(hex(&mac.finalize().into_bytes()))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The name that somebody goes by: in one line, and not longer than it is read.
pub fn proper_name(given: &str) -> Option<String> {
    let words: Vec<&str> = given.split_whitespace().collect();
    let name = words.join(" ");
    let is_proper = !name.is_empty()
        && name.chars().count() <= LONGEST
        && !name.chars().any(|c| c.is_control() || "<>&`@".contains(c));
    is_proper.then_some(name)
}

/// Whether two secrets are the same, in a time that does not tell where they differ.
pub fn is_same(one: &str, other: &str) -> bool {
    one.as_bytes().ct_eq(other.as_bytes()).into()
}

/// Whether the request comes from the machine itself and not through a proxy on it.
pub fn is_on_the_machine(parts: &Parts) -> bool {
    let peer = parts.extensions.get::<ConnectInfo<SocketAddr>>();
    let is_local = peer.is_some_and(|peer| peer.0.ip().to_canonical().is_loopback());
    let passed_on = ["forwarded", "x-forwarded-for", "x-real-ip", "via"];
    let is_passed_on = passed_on
        .iter()
        .any(|name| parts.headers.contains_key(*name));
    let host = parts.headers.get(header::HOST);
    let host = host.and_then(|host| host.to_str().ok()).unwrap_or("");
    let name = match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|c| c.is_ascii_digit()) => name,
        _ => host,
    };
    // Another name that leads here is no address that a person on the machine would type.
    is_local && !is_passed_on && matches!(name, "localhost" | "127.0.0.1" | "[::1]")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_whoever_sits_at_the_machine_is_on_it() {
        let asks = |peer: &str, headers: &[(&str, &str)]| {
            let mut request = axum::http::Request::get("/setup");
            for (name, value) in headers {
                request = request.header(*name, *value);
            }
            let (mut parts, ()) = request.body(()).unwrap().into_parts();
            let peer: SocketAddr = peer.parse().unwrap();
            parts.extensions.insert(ConnectInfo(peer));
            is_on_the_machine(&parts)
        };
        assert!(asks("127.0.0.1:9", &[("host", "localhost:8080")]));
        assert!(asks("[::1]:9", &[("host", "[::1]:8080")]));
        assert!(!asks("192.0.2.1:9", &[("host", "localhost:8080")]));
        assert!(!asks("127.0.0.1:9", &[("host", "highwater.example.com")]));
        assert!(!asks("127.0.0.1:9", &[]));
        let proxied = [("host", "127.0.0.1:8080"), ("x-forwarded-for", "192.0.2.1")];
        assert!(!asks("127.0.0.1:9", &proxied));
    }

    #[test]
    fn a_cookie_names_whoever_brought_the_token_that_holds_now() {
        let token: SecretString = "open".into();
        let made = cookie(&token, "Ada Ü").unwrap();
        assert_eq!(named(&token, &made).as_deref(), Some("Ada Ü"));
        assert_eq!(named(&"other".into(), &made), None);
        let (name, tag) = made.split_once('.').unwrap();
        for wrong in [
            format!("{name}00.{tag}"),
            format!("{name}."),
            name.to_owned(),
            String::new(),
        ] {
            assert_eq!(named(&token, &wrong), None, "{wrong}");
        }
    }

    #[test]
    fn a_name_is_one_line_of_words() {
        assert_eq!(proper_name("  Ada\n Byron "), Some("Ada Byron".to_owned()));
        for wrong in ["", " ", "<b>", "@everyone", &"x".repeat(41)] {
            assert_eq!(proper_name(wrong), None, "{wrong}");
        }
    }
}
