//! The server's settings, from arguments, the environment and a file.
//!
//! The file is the operator's. A `.highwater.toml` comes with the code that is reviewed and may
//! not say how a server runs.

mod given;
mod keys;
mod read;
mod shown;

use std::fs::File;
use std::io::Read;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, bail};
use secrecy::SecretString;

pub use keys::Flags;

use super::terminal;
use crate::github::settings::{API, Budget, FailOn, SITE};
use crate::{github, web};
use given::{All, Place};
use read::Address;

/// More than the largest file of settings, or of a key, that is accepted.
const READ: u64 = 64 << 10;
/// Where the App's key is.
const KEY: &str = "github.private_key";
const KEY_FILE: &str = "github.private_key_file";

/// What a server runs with.
#[derive(Debug)]
pub struct Server {
    /// Where to listen.
    pub listen: SocketAddr,
    /// The site's address for others, where it is not where it listens.
    pub public_url: Option<String>,
    /// The database; a file in the data directory where none is named.
    pub database_url: Option<SecretString>,
    /// The data directory.
    pub data_dir: PathBuf,
    /// The form of the log.
    pub log: Log,
    /// What is logged.
    pub log_level: String,
    /// The site.
    pub web: web::Settings,
    /// The bot, where there is one; it has no address for others yet.
    pub github: Option<github::Settings>,
    /// Which GitHub is meant: its API and its pages.
    pub github_at: (String, String),
    /// How long what the bot read and said is kept.
    pub retention: Duration,
}

/// The form of the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Log {
    /// For people.
    Text,
    /// JSON, one object a line.
    Json,
}

/// What a server that is started with these arguments and this file runs with.
///
/// # Errors
///
/// When something of it makes no sense; all that is wrong is told.
pub fn load(flags: &Flags, file: Option<&Path>) -> anyhow::Result<Server> {
    let mut all = gather(flags, file)?;
    let server = understood(&mut all);
    checked(&all)?;
    server.context("the settings are not complete")
}

/// All settings as they are in force, each with where it comes from, without secrets.
///
/// # Errors
///
/// When something of them makes no sense.
pub fn in_force(file: Option<&Path>) -> anyhow::Result<String> {
    let mut all = gather(&Flags::default(), file)?;
    understood(&mut all);
    checked(&all)?;
    Ok(shown::lines(&all))
}

fn gather(flags: &Flags, file: Option<&Path>) -> anyhow::Result<All> {
    let environment = |name: &str| std::env::var_os(name);
    let Some(path) = file else {
        return Ok(All::gather(flags, &environment, None));
    };
    let name = path.display().to_string();
    let text = bounded(path).with_context(|| {
        format!("cannot read the settings {name}; name another file with --config")
    })?;
    let file = given::File {
        path: &name,
        text: &text,
    };
    Ok(All::gather(flags, &environment, Some(file)))
}

fn bounded(path: &Path) -> std::io::Result<String> {
    let mut text = String::new();
    File::open(path)?.take(READ).read_to_string(&mut text)?;
    Ok(text)
}

/// Tells all that is wrong.
fn checked(all: &All) -> anyhow::Result<()> {
    let Some((last, others)) = all.errors.split_last() else {
        return Ok(());
    };
    for error in others {
        terminal::tell(&format!("error: {error}"));
    }
    bail!("{last}")
}

/// The settings as values; nothing where something of them is missing.
fn understood(all: &mut All) -> Option<Server> {
    let listen = all.parsed(
        "server.listen",
        "an address with a port, such as 127.0.0.1:8080",
        |text| text.parse().ok(),
    );
    let public_url = all.address("server.public_url", Address::Site);
    let known = ["sqlite:", "postgres://", "postgresql://"];
    let must = "an address that begins with `postgres://` or `sqlite:`";
    let database_url = all.parsed("server.database_url", must, |text| {
        let is_known = known.iter().any(|start| text.starts_with(start));
        is_known.then(|| SecretString::from(text))
    });
    let log = all.parsed("server.log", "`text` or `json`", |text| match text {
        "text" => Some(Log::Text),
        "json" => Some(Log::Json),
        _ => None,
    });
    let must = "a filter such as `warn` or `warn,highwater=debug`";
    let log_level = all.parsed("server.log_level", must, |text| {
        let filter: Result<tracing_subscriber::EnvFilter, _> = text.parse();
        filter.is_ok().then(|| text.to_owned())
    });
    let data_dir = path(all, "server.data_dir");
    let retention = all.time("github.retention", "1d"..="3650d");
    let api_url = all.address("github.api_url", Address::Api);
    let html_url = all.address("github.html_url", Address::Api);
    let github_at = api_url.map(|api_url| {
        let html_url = html_url.unwrap_or_else(|| html_url_of(&api_url));
        (api_url, html_url)
    });
    let (web, github) = (site(all), bot(all, github_at.as_ref()));
    Some(Server {
        listen: listen?,
        public_url,
        database_url,
        data_dir: data_dir?,
        log: log?,
        log_level: log_level?,
        web,
        github,
        github_at: github_at?,
        retention: retention?,
    })
}

/// The settings of the site.
fn site(all: &mut All) -> web::Settings {
    let own = web::Settings::default();
    let proxies = all.list(
        "server.proxies",
        "a list of networks such as 10.0.0.0/8",
        |text| {
            let network = text.parse().ok();
            network.or_else(|| {
                text.parse()
                    .ok()
                    .map(ipnet::IpNet::from as fn(std::net::IpAddr) -> _)
            })
        },
    );
    let must = "16 characters or more, so that nobody guesses it";
    let reviews_token = all.parsed("reviews.token", must, |text| {
        (text.chars().count() >= 16).then(|| SecretString::from(text))
    });
    let must = "names on GitHub such as `octocat`, or `#` and the number of an account";
    let administrators = all.list(
        "reviews.administrators",
        must,
        web::settings::Administrator::read,
    );
    web::Settings {
        reviews_token,
        administrators,
        body_bytes: all
            .number("server.body_bytes", 1..=64 << 20)
            .unwrap_or(own.body_bytes),
        analyses: all
            .number("server.analyses", 1..=1024)
            .unwrap_or(own.analyses),
        wait: all.time("server.wait", "0s"..="1m").unwrap_or(own.wait),
        deadline: all
            .time("server.deadline", "10ms"..="10m")
            .unwrap_or(own.deadline),
        per_minute: all
            .number("server.per_minute", 1..=1_000_000_000)
            .unwrap_or(own.per_minute),
        keep_days: all
            .number("server.keep_days", 1..=3650)
            .unwrap_or(own.keep_days),
        keep_results: all
            .number("server.keep_results", 1..=1_000_000_000)
            .unwrap_or(own.keep_results),
        keep_bytes: all
            .number("server.keep_bytes", 1024..=1 << 40)
            .unwrap_or(own.keep_bytes),
        proxies,
        ..own
    }
}

/// The settings of the bot, where there is an App.
fn bot(all: &mut All, at: Option<&(String, String)>) -> Option<github::Settings> {
    let app_id = all.number("github.app_id", 1..=i64::MAX as u64);
    let private_key = private_key(all);
    let must = "one or several secrets, none of them empty";
    let webhook_secrets = all.list("github.webhook_secrets", must, |text| {
        (!text.is_empty()).then(|| SecretString::from(text))
    });
    let client_id = all.text("github.client_id").map(str::to_owned);
    let client_secret = all.secret("github.client_secret");
    let max_comments = all.number("github.max_comments", 0..=100);
    let fail_on = all.parsed(
        "github.fail_on",
        "`high`, `medium` or `never`",
        FailOn::by_name,
    );
    let workers = all.number("github.workers", 1..=100);
    let queue = all.number("github.queue", 1..=10_000_000);
    let calls = all.number("github.read_calls", 1..=5000);
    let bytes = all.number("github.read_bytes", 1024..=1 << 32);
    needs(all);
    let (api_url, html_url) = at?.clone();
    let own = github::Settings::new(app_id?, private_key?);
    Some(github::Settings {
        webhook_secrets,
        html_url,
        api_url,
        client_id,
        client_secret,
        max_comments: max_comments?,
        fail_on: fail_on?,
        workers: workers?,
        queue: queue?,
        budget: Budget {
            calls: calls?,
            bytes: bytes?,
        },
        ..own
    })
}

/// The address of GitHub's pages that belongs to an address of its API: on a server of one's own
/// the API stands below `/api/v3`.
fn html_url_of(api_url: &str) -> String {
    if api_url == API {
        return SITE.to_owned();
    }
    let server = api_url.strip_suffix("/api/v3").unwrap_or(api_url);
    server.to_owned()
}

/// Says what is missing beside what is there. Without a webhook's secret there is no webhook, which
/// is no mistake.
fn needs(all: &mut All) {
    let has = |path: &str| all.is_set(path);
    let key = has(KEY) || has(KEY_FILE);
    let (app, secrets) = (has("github.app_id"), has("github.webhook_secrets"));
    let (client, client_secret) = (has("github.client_id"), has("github.client_secret"));
    let is_there = app || key || secrets || client || client_secret;
    let missing = [
        (
            "github.app_id",
            is_there && !app,
            "the number of the GitHub App, which its page of settings shows",
        ),
        (
            KEY_FILE,
            is_there && !key,
            "the file with the private key that the App's page of settings made",
        ),
        (
            "github.client_id",
            client_secret && !client,
            "the client id that belongs to the client secret",
        ),
        (
            "github.client_secret",
            client && !client_secret,
            "the client secret that belongs to the client id",
        ),
    ];
    for (path, _, what) in missing.into_iter().filter(|(_, is_missing, _)| *is_missing) {
        all.missing(path, what);
    }
}

/// The App's key: from the setting that goes first, itself or the file that it names.
fn private_key(all: &mut All) -> Option<SecretString> {
    let rank = |path: &str| all.given.get(path).map(|given| given.place.rank());
    let in_file = match (rank(KEY), rank(KEY_FILE)) {
        (None, None) => return None,
        (Some(key), Some(file)) if key == file => {
            all.wrong(
                KEY_FILE,
                "away where `private_key` is given: one of the two is enough",
            );
            return None;
        }
        (Some(key), Some(file)) => file < key,
        (key, _) => key.is_none(),
    };
    let must = "a private key as PEM: -----BEGIN … PRIVATE KEY----- and what follows it";
    if !in_file {
        return all.parsed(KEY, must, pem);
    }
    let file = path(all, KEY_FILE)?;
    match bounded(&file) {
        Ok(text) => {
            let key = pem(&text);
            if key.is_none() {
                all.wrong(KEY_FILE, "the name of a file with a private key as PEM");
            }
            key
        }
        Err(error) => {
            let must = format!("the name of a file with the App's private key ({error})");
            all.wrong(KEY_FILE, &must);
            None
        }
    }
}

/// A key as PEM. In a variable its lines may be parted by `\n`, written out.
fn pem(text: &str) -> Option<SecretString> {
    let text = text.replace("\\n", "\n");
    let is_key = text.contains("-----BEGIN ") && text.contains("PRIVATE KEY-----");
    is_key.then(|| SecretString::from(text.trim()))
}

/// A path; in the file it starts from where the file is.
fn path(all: &All, path: &str) -> Option<PathBuf> {
    let given = all.given.get(path)?;
    let written = PathBuf::from(given.values.first()?);
    match &given.place {
        Place::File { path, .. } => Some(Path::new(path).parent()?.join(written)),
        _ => Some(written),
    }
}

#[cfg(test)]
mod tests;
