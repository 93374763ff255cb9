//! Looks at everything that must hold for the bot to work, and says the way out where it does not.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::client::{Failure, GitHub, KeyError};
use super::permissions::{self, Granted, title};
use super::read::answers::{Sent, User};
use crate::store::Store;

/// How far apart the two clocks may be, in seconds, before that is worth a word, and before GitHub
/// refuses what the App signs.
const APART: (i64, i64) = (20, 60);
/// How long a job may be due before somebody should wonder, in milliseconds.
const LONG_DUE: i64 = 10 * 60_000;

/// How something is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum State {
    /// As it should be.
    Ok,
    /// It works, but should be looked at.
    Warn,
    /// The bot does not work like this.
    Fail,
}

impl State {
    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            State::Ok => "ok",
            State::Warn => "warn",
            State::Fail => "fail",
        }
    }
}

/// What was found out about one thing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Line {
    /// The thing.
    pub about: &'static str,
    /// How it is.
    pub state: State,
    /// What was found.
    pub found: String,
    /// What to do about it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub way_out: Option<String>,
}

fn ok(about: &'static str, found: impl Into<String>) -> Line {
    Line {
        about,
        state: State::Ok,
        found: found.into(),
        way_out: None,
    }
}

fn warn(about: &'static str, found: impl Into<String>, way_out: impl Into<String>) -> Line {
    Line {
        about,
        state: State::Warn,
        found: found.into(),
        way_out: Some(way_out.into()),
    }
}

fn fail(about: &'static str, found: impl Into<String>, way_out: impl Into<String>) -> Line {
    Line {
        state: State::Fail,
        ..warn(about, found, way_out)
    }
}

/// The App, as far as it matters here.
#[derive(Debug, Deserialize)]
pub struct App {
    /// Its name in addresses.
    #[serde(default)]
    pub slug: String,
    /// Whose it is.
    pub owner: Option<User>,
    /// What it asks to be allowed.
    #[serde(default)]
    pub permissions: Granted,
    /// What it asks to be told.
    #[serde(default)]
    pub events: Vec<String>,
}

impl App {
    /// The page where its permissions and events are set.
    pub fn page(&self, html_url: &str) -> String {
        let slug = &self.slug;
        match &self.owner {
            Some(owner) if owner.kind == "Organization" => {
                format!(
                    "{html_url}/organizations/{}/settings/apps/{slug}/permissions",
                    owner.login
                )
            }
            _ => format!("{html_url}/settings/apps/{slug}/permissions"),
        }
    }
}

/// Where the App is installed.
#[derive(Debug, Deserialize)]
struct Installed {
    account: Option<Account>,
    suspended_at: Option<String>,
    #[serde(default)]
    permissions: Granted,
}

/// A person, an organisation or an enterprise; the latter has no login.
#[derive(Debug, Deserialize)]
struct Account {
    #[serde(default)]
    login: Option<String>,
}

#[derive(Debug, Deserialize)]
struct Hook {
    #[serde(default)]
    url: String,
}

/// Examines everything. Without an App there is less to look at.
pub async fn examine(
    store: &Store,
    now: i64,
    github: Option<Result<GitHub, KeyError>>,
) -> Vec<Line> {
    let mut lines = kept(store, now).await;
    match github {
        None => lines.push(fail(
            "app",
            "no GitHub App is set",
            "start `highwater serve --setup` and register one, or set HIGHWATER_GITHUB_APP_ID and HIGHWATER_GITHUB_PRIVATE_KEY_FILE",
        )),
        Some(Err(wrong)) => lines.push(fail(
            "credentials",
            wrong.to_string(),
            "generate a private key on the App's page of settings and name its file in HIGHWATER_GITHUB_PRIVATE_KEY_FILE",
        )),
        Some(Ok(github)) => lines.extend(app(&github).await),
    }
    lines
}

/// The database and the queue in it.
async fn kept(store: &Store, now: i64) -> Vec<Line> {
    let depth = match store.depth().await {
        Ok(depth) => depth,
        Err(error) => {
            let way_out =
                "see whether the database runs, and whether DATABASE_URL or --data-dir names it";
            return vec![fail("database", error.to_string(), way_out)];
        }
    };
    let late = depth.oldest.map_or(0, |oldest| now - oldest);
    let found = format!(
        "{} waiting, {} being done, {} given up",
        depth.waiting, depth.running, depth.dead
    );
    let queue = if late > LONG_DUE {
        let since = ago(late / 1000);
        fail(
            "queue",
            format!("{found}; the oldest has been due for {since}"),
            "see whether `highwater serve` runs with this database, and what its log says",
        )
    } else if depth.dead > 0 {
        warn(
            "queue",
            found,
            "`highwater queue` shows why; `highwater queue revive` tries again",
        )
    } else {
        ok("queue", found)
    };
    vec![ok("database", "answers"), queue]
}

async fn app(github: &GitHub) -> Vec<Line> {
    let mut lines = match github.date().await {
        Ok(date) => vec![clock(date, github.clock().now() / 1000)],
        Err(failure) => {
            let way_out = "see whether this machine reaches the address, and whether HIGHWATER_GITHUB_API_URL is right";
            let found = format!("{}: {failure}", github.settings().api_url);
            return vec![fail("github", found, way_out)];
        }
    };
    let app: App = match github.get_as_app("/app").await {
        Ok(app) => app,
        Err(failure) => {
            lines.push(refused(&failure));
            return lines;
        }
    };
    lines.push(ok(
        "credentials",
        format!("GitHub knows the App `{}`", app.slug),
    ));
    lines.push(granted(&app, &github.settings().html_url));
    lines.push(events(&app, &github.settings().html_url));
    lines.extend(installations(github, &app).await);
    lines.push(webhook(github).await);
    lines.push(deliveries(github).await);
    lines
}

fn clock(date: Option<i64>, now: i64) -> Line {
    let Some(date) = date else {
        return ok("clock", "GitHub does not say what time it is");
    };
    let apart = now - date;
    let found = format!("{apart} s apart from GitHub's");
    let way_out = "set the clock of this machine, by NTP for instance";
    match apart.abs() {
        apart if apart > APART.1 => fail(
            "clock",
            format!("{found}, so GitHub refuses what the App signs"),
            way_out,
        ),
        apart if apart > APART.0 => warn("clock", found, way_out),
        _ => ok("clock", found),
    }
}

fn refused(failure: &Failure) -> Line {
    let way_out = match failure {
        Failure::Unauthorized | Failure::Gone(_) => {
            "the number of the App and its private key must belong together, and to the server at HIGHWATER_GITHUB_API_URL"
        }
        _ => "try again later",
    };
    fail("credentials", failure.to_string(), way_out)
}

fn granted(app: &App, html_url: &str) -> Line {
    let found = permissions::difference(&app.permissions);
    let page = app.page(html_url);
    if !found.missing.is_empty() {
        let each = found
            .missing
            .iter()
            .map(|one| format!("{}: {} ({})", title(one.name), one.level, one.why));
        let missing: Vec<String> = each.collect();
        return fail(
            "permissions",
            format!("missing {}", missing.join("; ")),
            format!("grant them at {page}, then let each account accept the change"),
        );
    }
    if !found.more.is_empty() {
        let each = found
            .more
            .iter()
            .map(|(name, level)| format!("{}: {level}", title(name)));
        let more: Vec<String> = each.collect();
        return warn(
            "permissions",
            format!("more than is needed: {}", more.join(", ")),
            format!("whoever takes this server has them too; lower them at {page}"),
        );
    }
    ok("permissions", "what is needed, and no more")
}

fn events(app: &App, html_url: &str) -> Line {
    let missing = permissions::missing_events(&app.events);
    if missing.is_empty() {
        return ok("events", "all that are needed");
    }
    let each: Vec<String> = missing
        .iter()
        .map(|(name, why)| format!("{name} ({why})"))
        .collect();
    fail(
        "events",
        format!("not subscribed to {}", each.join("; ")),
        format!(
            "tick them under \"Subscribe to events\" at {}",
            app.page(html_url)
        ),
    )
}

/// Where it is installed, suspended, or waits for somebody to accept what it asks for.
async fn installations(github: &GitHub, app: &App) -> Vec<Line> {
    let mut all = Vec::new();
    let mut next = Some("/app/installations?per_page=100".to_owned());
    while let Some(path) = next.take() {
        let page: Result<(Vec<Installed>, _), _> = github.page_as_app(&path).await;
        match page {
            Ok((page, following)) => {
                all.extend(page);
                next = following;
            }
            Err(failure) => {
                return vec![fail(
                    "installations",
                    failure.to_string(),
                    "try again later",
                )];
            }
        }
    }
    if all.is_empty() {
        return vec![warn(
            "installations",
            "the App is installed nowhere",
            format!(
                "install it at {}/apps/{}",
                github.settings().html_url,
                app.slug
            ),
        )];
    }
    let mut lines = Vec::new();
    for one in &all {
        let account = one.account.as_ref().and_then(|of| of.login.as_deref());
        let account = account.unwrap_or("an enterprise");
        if one.suspended_at.is_some() {
            lines.push(warn(
                "installations",
                format!("{account} has suspended the App"),
                "an owner can unsuspend it on the page of the installation, or remove it",
            ));
        } else if !permissions::difference(&one.permissions).missing.is_empty() {
            lines.push(warn(
                "installations",
                format!("{account} has not accepted all permissions that are needed"),
                "an owner accepts them on the page of the installation",
            ));
        }
    }
    if lines.is_empty() {
        lines.push(ok("installations", all.len().to_string()));
    }
    lines
}

async fn webhook(github: &GitHub) -> Line {
    let settings = github.settings();
    if settings.webhook_secrets.is_empty() {
        return fail(
            "webhook",
            "no secret is set, so there is no webhook",
            "set the App's webhook secret in HIGHWATER_GITHUB_WEBHOOK_SECRETS",
        );
    }
    let hook: Hook = match github.get_as_app("/app/hook/config").await {
        Ok(hook) => hook,
        Err(failure) => return fail("webhook", failure.to_string(), "try again later"),
    };
    let ours = format!(
        "{}/webhooks/github",
        settings.public_url.trim_end_matches('/')
    );
    if hook.url.is_empty() {
        let way_out = format!("set it to {ours} on the App's page of settings");
        return fail("webhook", "the App has no webhook URL", way_out);
    }
    if !settings.public_url.is_empty() && hook.url != ours {
        return warn(
            "webhook",
            format!("GitHub sends to {}, and this server is {ours}", hook.url),
            "set HIGHWATER_PUBLIC_URL, or the App's webhook URL, unless a relay stands between",
        );
    }
    ok("webhook", format!("GitHub sends to {}", hook.url))
}

/// What became of the last deliveries, newest first.
async fn deliveries(github: &GitHub) -> Line {
    let path = "/app/hook/deliveries?per_page=100";
    let sent: Vec<Sent> = match github.get_as_app(path).await {
        Ok(sent) => sent,
        Err(failure) => return fail("deliveries", failure.to_string(), "try again later"),
    };
    let now = github.clock().now() / 1000;
    let age = |at: Timestamp| ago((now - at.as_second()).max(0));
    let Some(last) = sent.first() else {
        return warn(
            "deliveries",
            "GitHub has sent nothing in the last days",
            "open a pull request where the App is installed, and look again",
        );
    };
    let arrived = |one: &&Sent| (200..300).contains(&one.status_code);
    let failed = sent.iter().take_while(|one| !arrived(one)).count();
    let good = sent.iter().find(arrived);
    match (failed, good) {
        (0, _) => ok(
            "deliveries",
            format!(
                "the last arrived {} ago; {} of {} failed",
                age(last.delivered_at),
                sent.iter().filter(|one| !arrived(one)).count(),
                sent.len()
            ),
        ),
        (failed, good) => {
            let since = good.map_or_else(
                || "none arrived".to_owned(),
                |good| format!("the last arrived {} ago", age(good.delivered_at)),
            );
            let found = format!(
                "the last {failed} failed, with status {}; {since}",
                last.status_code
            );
            fail("deliveries", found, way_out_of(last.status_code))
        }
    }
}

fn way_out_of(status: i64) -> &'static str {
    match status {
        401 => "the webhook secret of the App is not among HIGHWATER_GITHUB_WEBHOOK_SECRETS",
        404 => {
            "the webhook URL must end in /webhooks/github, and HIGHWATER_GITHUB_WEBHOOK_SECRETS be set where the server runs"
        }
        503 => "the queue is full or the database fails: see the lines above",
        0 => "GitHub cannot reach the webhook URL: see names, certificates and firewalls",
        _ => "see what stands between GitHub and this server, and the server's log",
    }
}

/// `2m 3s`.
fn ago(seconds: i64) -> String {
    format!("{:#}", SignedDuration::from_secs(seconds))
}
