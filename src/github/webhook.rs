//! What GitHub sends by itself: proven to be GitHub's, and read as a hint of what may be to do.
//!
//! Nothing is parsed or written before the signature holds. What a payload says is never acted on
//! as such: it only says what to ask GitHub about.

use hmac::{Hmac, KeyInit, Mac};
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use serde_json::Value;
use sha2::Sha256;

use super::Settings;
use super::read;
use super::work::Work;

/// The headers of a delivery, as they came.
#[derive(Clone, Copy, Debug, Default)]
pub struct Headers<'a> {
    /// `X-GitHub-Event`.
    pub event: Option<&'a str>,
    /// `X-GitHub-Delivery`.
    pub guid: Option<&'a str>,
    /// `X-Hub-Signature-256`.
    pub signature: Option<&'a str>,
    /// `X-GitHub-Hook-Installation-Target-ID`.
    pub target: Option<&'a str>,
}

/// A delivery that is GitHub's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delivered {
    /// Its GUID.
    pub guid: String,
    /// What it tells of.
    pub event: String,
    /// The installation that it is about; 0 when it is about none.
    pub installation: i64,
    /// What may be to do.
    pub work: Option<Work>,
    /// What of people's rights may have changed.
    pub rights: Option<Rights>,
}

/// What may have changed of what people may see and do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rights {
    /// Who may see and do what.
    Access {
        /// The number of a repository, and whether that is private now.
        repository: Option<(i64, bool)>,
    },
    /// This person lets the App act in their name no more.
    Revoked {
        /// Their number.
        person: i64,
    },
}

/// Why a delivery is not taken in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Rejected {
    /// The signature is missing or wrong, or it is for another App.
    #[error("the signature is not ours")]
    NotOurs,
    /// It lacks its event or its GUID, or is not JSON.
    #[error("this is no delivery of GitHub")]
    Malformed,
}

/// The longest GUID or name of an event, in bytes.
const LONGEST: usize = 100;

/// Reads a delivery, if it is GitHub's.
///
/// # Errors
///
/// See [`Rejected`].
pub fn read(headers: Headers<'_>, body: &[u8], settings: &Settings) -> Result<Delivered, Rejected> {
    if !is_signed(headers.signature, body, &settings.webhook_secrets) {
        return Err(Rejected::NotOurs);
    }
    if headers
        .target
        .is_some_and(|target| target != settings.app_id.to_string())
    {
        return Err(Rejected::NotOurs);
    }
    let name = |header: Option<&str>| {
        let named = header.filter(|name| !name.is_empty() && name.len() <= LONGEST)?;
        let is_plain = named
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_');
        is_plain.then(|| named.to_owned())
    };
    let (Some(guid), Some(event)) = (name(headers.guid), name(headers.event)) else {
        return Err(Rejected::Malformed);
    };
    let payload: Value = serde_json::from_slice(body).map_err(|_| Rejected::Malformed)?;
    let installation = payload
        .pointer("/installation/id")
        .and_then(Value::as_i64)
        .unwrap_or(0);
    // A payload of another form than ours asks for nothing; it is no mistake.
    let work = (installation > 0)
        .then(|| hint(&event, &payload, settings))
        .flatten();
    let rights = rights(&event, &payload);
    Ok(Delivered {
        guid,
        event,
        installation,
        work,
        rights,
    })
}

/// Whether one of the secrets made the signature. All are tried, each in constant time.
fn is_signed(signature: Option<&str>, body: &[u8], secrets: &[SecretString]) -> bool {
    let Some(given) = signature
        .and_then(|signature| signature.strip_prefix("sha256="))
        .and_then(bytes)
    else {
        return false;
    };
    secrets.iter().fold(false, |is_signed, secret| {
        let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(secret.expose_secret().as_bytes()) else {
            return is_signed;
        };
        mac.update(body);
        mac.verify_slice(&given).is_ok() | is_signed
    })
}

/// The bytes that a text of hexadecimal digits spells.
fn bytes(hex: &str) -> Option<Vec<u8>> {
    let digits = hex.as_bytes();
    if !digits.len().is_multiple_of(2) || !hex.bytes().all(|digit| digit.is_ascii_hexdigit()) {
        return None;
    }
    let pair = |pair: &[u8]| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok();
    digits.chunks(2).map(pair).collect()
}

/// The repository of a payload.
#[derive(Deserialize)]
struct Repository {
    id: i64,
    name: String,
    owner: Owner,
}

impl Repository {
    fn named(self) -> read::Repository {
        read::Repository {
            id: self.id,
            owner: self.owner.login,
            name: self.name,
        }
    }
}

#[derive(Deserialize)]
struct Owner {
    login: String,
}

/// What a payload hints at.
fn hint(event: &str, payload: &Value, settings: &Settings) -> Option<Work> {
    let action = payload.get("action").and_then(Value::as_str).unwrap_or("");
    match (event, action) {
        ("installation", "deleted") => Some(Work::Purge),
        ("installation", "created" | "unsuspend" | "new_permissions_accepted") => Some(Work::Sweep),
        ("installation_repositories", "added") => Some(Work::Sweep),
        ("installation_repositories", "removed") => {
            let removed = payload.get("repositories_removed")?.as_array()?;
            let ids = removed.iter().filter_map(|one| one.get("id")?.as_i64());
            Some(Work::Forget {
                repositories: ids.take(10_000).collect(),
            })
        }
        ("repository", "deleted") => Some(Work::Forget {
            repositories: vec![payload.pointer("/repository/id")?.as_i64()?],
        }),
        ("pull_request", _) => pull(action, payload),
        ("pull_request_review_comment", "created") => command(payload),
        ("check_run", "rerequested" | "requested_action") => {
            is_ours(payload.pointer("/check_run/app/id"), settings)?;
            again(payload, payload.pointer("/check_run/head_sha")?)
        }
        ("check_suite", "rerequested") => {
            is_ours(payload.pointer("/check_suite/app/id"), settings)?;
            again(payload, payload.pointer("/check_suite/head_sha")?)
        }
        _ => None,
    }
}

/// What of people's rights may have changed. It only makes us ask GitHub again, but for a token that
/// was taken back.
fn rights(event: &str, payload: &Value) -> Option<Rights> {
    let number = |path: &str| payload.pointer(path).and_then(Value::as_i64);
    let private = payload.pointer("/repository/private");
    let private = private.and_then(Value::as_bool);
    match event {
        "repository" | "public" => Some(Rights::Access {
            repository: number("/repository/id").zip(private),
        }),
        "member"
        | "membership"
        | "team"
        | "team_add"
        | "organization"
        | "installation"
        | "installation_repositories"
        | "installation_target" => Some(Rights::Access { repository: None }),
        "github_app_authorization" => Some(Rights::Revoked {
            person: number("/sender/id")?,
        }),
        _ => None,
    }
}

fn is_ours(app: Option<&Value>, settings: &Settings) -> Option<()> {
    (app?.as_u64()? == settings.app_id).then_some(())
}

fn repository(payload: &Value) -> Option<Repository> {
    Repository::deserialize(payload.get("repository")?).ok()
}

fn pull(action: &str, payload: &Value) -> Option<Work> {
    let matters = match action {
        "opened" | "synchronize" | "reopened" | "ready_for_review" | "closed" => true,
        "edited" => payload.pointer("/changes/base").is_some(),
        _ => false,
    };
    let repository = matters.then(|| repository(payload)).flatten()?;
    Some(Work::Review {
        repository: repository.named(),
        number: payload.pointer("/pull_request/number")?.as_i64()?,
        again: false,
    })
}

/// An answer of a person to a comment that may hold a command.
fn command(payload: &Value) -> Option<Work> {
    let comment = payload.get("comment")?;
    comment.get("in_reply_to_id")?.as_i64()?;
    let is_person = comment.pointer("/user/type").and_then(Value::as_str) == Some("User");
    let body = comment.get("body").and_then(Value::as_str)?;
    let may_be = is_person && body.to_ascii_lowercase().contains(super::listen::NAME);
    let repository = may_be.then(|| repository(payload)).flatten()?;
    Some(Work::Command {
        repository: repository.named(),
        number: payload.pointer("/pull_request/number")?.as_i64()?,
        comment: comment.get("id")?.as_i64()?,
    })
}

fn again(payload: &Value, head: &Value) -> Option<Work> {
    let repository = repository(payload)?;
    let head = head.as_str().filter(|head| super::is_commit(head))?;
    Some(Work::Rerun {
        repository: repository.named(),
        head: head.to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings(secrets: &[&str]) -> Settings {
        Settings {
            webhook_secrets: secrets.iter().map(|&secret| secret.into()).collect(),
            ..Settings::new(7, "".into())
        }
    }

    const SIGNATURE: &str =
        "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17";

    #[test]
    fn githubs_own_example_is_signed() {
        // source: docs.github.com, "Validating webhook deliveries".
        let secret: [SecretString; 1] = ["It's a Secret to Everybody".into()];
        assert!(is_signed(Some(SIGNATURE), b"Hello, World!", &secret));
        assert!(!is_signed(Some(SIGNATURE), b"Hello, World?", &secret));
        assert!(!is_signed(Some(&SIGNATURE[7..]), b"Hello, World!", &secret));
        assert!(!is_signed(
            Some(&SIGNATURE[..70]),
            b"Hello, World!",
            &secret
        ));
        assert!(!is_signed(Some("sha256="), b"Hello, World!", &secret));
        assert!(!is_signed(None, b"Hello, World!", &secret));
        assert!(!is_signed(Some(SIGNATURE), b"Hello, World!", &[]));
    }

    #[test]
    fn any_of_the_secrets_will_do() {
        let old_and_new: [SecretString; 2] =
            ["another".into(), "It's a Secret to Everybody".into()];
        assert!(is_signed(Some(SIGNATURE), b"Hello, World!", &old_and_new));
    }

    #[test]
    fn nothing_is_parsed_before_it_is_proven() {
        let headers = Headers {
            event: Some("ping"),
            guid: Some("1"),
            signature: Some(SIGNATURE),
            target: None,
        };
        let ours = settings(&["It's a Secret to Everybody"]);
        assert_eq!(read(headers, b"{", &ours), Err(Rejected::NotOurs));
        assert_eq!(
            read(headers, b"Hello, World!", &ours),
            Err(Rejected::Malformed)
        );
        let other = Headers {
            target: Some("8"),
            ..headers
        };
        assert_eq!(read(other, b"Hello, World!", &ours), Err(Rejected::NotOurs));
    }
}
