//! `/reviews`: what a reviewer uses beside GitHub's own page: the checklist of a pull request, with
//! what was found, what others say of it, and what changed since they looked last.

pub mod acts;
mod excerpts;
mod history;
mod items;
pub mod list;
pub mod stream;
mod words;

use std::time::{SystemTime, UNIX_EPOCH};

use askama::Template;
use axum::extract::{Path, State};
use axum::response::Html;

pub use excerpts::Code;
use excerpts::Source;
pub(super) use excerpts::encoded;
use history::{Pushed, Since};
use items::{Finding, Item, Question};

use super::access::{Access, Viewer, access};
use super::error::Error;
use super::home::rendered;
use super::rows::message;
use super::security::Frame;
use super::{Shared, Site};
use crate::report::coverage::coverage;
use crate::report::plain::sentence;
use crate::store::Store;
use crate::store::marks::{Mark, Post};
use crate::store::reviews::{Kept, Reviewed};

/// The number of the repository that is no repository of GitHub: a change on this machine.
pub const LOCAL: i64 = 0;
/// Pushes that are shown.
const PUSHES: i64 = 50;

/// Where a review is: owner, name, number.
pub type Address = (String, String, String);

/// What all pages of a review begin with.
struct Heading {
    /// `owner/name`.
    repository: String,
    number: i64,
    title: String,
    author: String,
    state: String,
    /// The commit, short.
    head: String,
    /// When it was reviewed.
    made: String,
    /// Its page on GitHub.
    github: Option<String>,
    /// Its page here.
    here: String,
}

#[derive(Template)]
#[template(path = "review.html")]
struct Page {
    frame: Frame,
    heading: Heading,
    /// The commit that is shown, in full: marks say that they were made on it.
    head: String,
    items: Vec<Item>,
    questions: Vec<Question>,
    /// How many findings of each standing.
    numbers: Vec<(&'static str, usize)>,
    /// Findings that answer to no item.
    others: Vec<Finding>,
    /// Those that somebody dismissed, and those that are fixed.
    dismissed: Vec<Finding>,
    fixed: Vec<Finding>,
    skipped: Vec<(String, String)>,
    coverage: Option<String>,
    pushes: Vec<Pushed>,
    since: Option<Since>,
    /// Items that the reader has marked.
    marked: usize,
    may_mark: bool,
    may_post: bool,
    posted: &'static str,
    markdown: String,
    me: String,
    /// Why there is no code, where there is none.
    without_code: Option<&'static str>,
}

/// A review that somebody may see.
pub struct Admitted {
    /// Which.
    pub pull: Reviewed,
    /// What they may do with it.
    pub access: Access,
}

/// The review at an address, for whoever may see it. To others it is not there.
///
/// # Errors
///
/// `Error::NotFound`, and when the database fails.
pub async fn admitted(site: &Site, viewer: &Viewer, address: &Address) -> Result<Admitted, Error> {
    let (owner, name, number) = address;
    let number = number.parse().map_err(|_| Error::NotFound)?;
    // Asked before anything is looked up: how long it takes tells nothing of what is there.
    let seen = access(site, viewer, owner, name).await?;
    let pull = store(site)?.reviewed(owner, name, number).await?;
    let pull = pull.ok_or(Error::NotFound)?;
    let access = seen.of(pull.repository);
    if access < Access::Read {
        return Err(Error::NotFound);
    }
    Ok(Admitted { pull, access })
}

/// The database.
pub(super) fn store(site: &Site) -> Result<&Store, Error> {
    site.store.as_ref().ok_or(Error::NotFound)
}

/// What is known of a review for one reader.
struct Read {
    pull: Reviewed,
    kept: Kept,
    marks: Vec<Mark>,
    /// The reviews on which marks stand that were made on other pushes.
    earlier: Vec<Kept>,
    posted: Option<Post>,
}

impl Read {
    async fn of(site: &Site, pull: Reviewed, viewer: &Viewer) -> Result<Read, Error> {
        let store = store(site)?;
        let (repository, number) = (pull.repository, pull.number);
        let kept = store.review_of(repository, number, &pull.head).await?;
        let kept = kept.ok_or(Error::NotFound)?;
        let marks = store.marks(repository, number).await?;
        let mut heads: Vec<&str> = marks.iter().map(|mark| mark.head.as_str()).collect();
        heads.sort_unstable();
        heads.dedup();
        let mut earlier = Vec::new();
        for head in heads.into_iter().filter(|head| *head != pull.head) {
            earlier.extend(store.review_of(repository, number, head).await?);
        }
        let posted = store.last_post(repository, number, &viewer.key()).await?;
        Ok(Read {
            pull,
            kept,
            marks,
            earlier,
            posted,
        })
    }
}

/// The page of a review.
pub async fn page(
    State(site): State<Shared>,
    frame: Frame,
    viewer: Viewer,
    Path(address): Path<Address>,
) -> Result<Html<String>, Error> {
    let admitted = admitted(&site, &viewer, &address).await?;
    let store = store(&site)?;
    let access = admitted.access;
    let read = Read::of(&site, admitted.pull, &viewer).await?;
    let pull = &read.pull;
    let earlier = last_look(store, pull, &viewer).await?;
    let pushes = store
        .pushes(pull.repository, Some(pull.number), PUSHES)
        .await?;
    let dismissals = store.dismissals(pull.repository, now()?).await?;
    let source = Source::of(&site, pull, &read.kept).await;
    let since = match earlier {
        Some(head) => {
            let before = store.review_of(pull.repository, pull.number, &head).await?;
            before.map(|before| Since::between(&before, &read.kept, &source))
        }
        None => None,
    };
    let review = &read.kept.review;
    let shown = items::Shown::new(&read.kept, &dismissals, &source);
    let items = shown.items(&read.marks, &read.earlier, &viewer.key());
    let markdown = words::markdown(pull, &items, viewer.name());
    rendered(&Page {
        heading: heading(&site, pull),
        head: pull.head.clone(),
        questions: shown.questions(),
        numbers: shown.numbers(),
        others: shown.others(),
        dismissed: shown.dismissed(),
        fixed: shown.fixed(),
        skipped: review
            .skipped
            .iter()
            .map(|skipped| (skipped.path.clone(), skipped.reason.clone()))
            .collect(),
        coverage: review
            .skipped
            .iter()
            .any(|skipped| skipped.kind().is_some())
            .then(|| sentence(&coverage(review))),
        pushes: pushes
            .iter()
            .map(|push| Pushed::of(push, &source))
            .collect(),
        since,
        marked: items.iter().filter(|item| item.is_marked()).count(),
        items,
        may_mark: access >= Access::Mark,
        may_post: access >= Access::Write && site.bot.is_some() && pull.repository != LOCAL,
        posted: posted(&read, &markdown),
        markdown,
        me: viewer.name().to_owned(),
        without_code: source.missing(),
        frame,
    })
}

/// Says that somebody looks; gives the push that they looked at before, if they did.
async fn last_look(
    store: &Store,
    pull: &Reviewed,
    viewer: &Viewer,
) -> Result<Option<String>, Error> {
    // All of whom nothing is known are not one.
    if matches!(viewer, Viewer::Nobody) {
        return Ok(None);
    }
    let place = (pull.repository, pull.number, pull.installation);
    let key = viewer.key();
    let earlier = store.look(place, &key, &pull.head, now()?);
    Ok(earlier.await?)
}

/// How what the reader marked stands to what was posted for them.
fn posted(read: &Read, markdown: &str) -> &'static str {
    match &read.posted {
        Some(post) if post.body == markdown && post.posted.is_some() => "posted",
        Some(post) if post.body == markdown => "waits",
        Some(_) => "other",
        None => "",
    }
}

fn heading(site: &Site, pull: &Reviewed) -> Heading {
    Heading {
        repository: format!("{}/{}", pull.owner, pull.name),
        number: pull.number,
        title: pull.title.clone(),
        author: pull.author.clone(),
        state: pull.state.clone(),
        head: short(&pull.head),
        made: date(pull.made),
        github: github(site, pull).map(|at| format!("{at}/pull/{}", pull.number)),
        here: here(pull),
    }
}

/// The page of a review.
fn here(pull: &Reviewed) -> String {
    format!("/reviews/{}/{}/{}", pull.owner, pull.name, pull.number)
}

/// The repository's page on GitHub.
fn github(site: &Site, pull: &Reviewed) -> Option<String> {
    let bot = site.bot.as_ref().filter(|_| pull.repository != LOCAL)?;
    let at = &bot.github().settings().html_url;
    Some(format!("{at}/{}/{}", pull.owner, pull.name))
}

/// A commit as it is written in a text.
fn short(commit: &str) -> String {
    let is_commit = commit.len() >= 40 && commit.bytes().all(|byte| byte.is_ascii_hexdigit());
    if is_commit {
        commit[..10].to_owned()
    } else {
        commit.to_owned()
    }
}

/// A time in milliseconds since 1970, for people everywhere.
pub(super) fn date(made: i64) -> String {
    let at = jiff::Timestamp::from_millisecond(made);
    at.map_or_else(
        |_| String::new(),
        |at| at.strftime("%Y-%m-%d %H:%M UTC").to_string(),
    )
}

/// Milliseconds since 1970.
pub(super) fn now() -> Result<i64, Error> {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).ok();
    let millis = since.and_then(|since| i64::try_from(since.as_millis()).ok());
    millis.ok_or_else(|| Error::Internal("the clock is not set".to_owned()))
}
