//! `/repositories/{owner}/{repository}`: what was found over time, what was dismissed, the settings
//! in force, and a review of the whole that can be begun here.

use std::collections::BTreeMap;

use askama::Template;
use axum::extract::{Path, State};
use axum::response::{Html, IntoResponse, Redirect, Response};

use super::access::{Access, Viewer, access};
use super::accounts::is_signed_out;
use super::accounts::pages::signed_out;
use super::error::Error;
use super::home::rendered;
use super::reviews::{date, now, store};
use super::rows::message;
use super::security::{Frame, unguessable};
use super::{Shared, Site, plot};
use crate::github::read::Repository;
use crate::report::plain::counted;
use crate::review::config;
use crate::rules;
use crate::simulation::figure::{Curve, Plot, Role};
use crate::store::audits::Audit;
use crate::store::dismissals::Dismissal;
use crate::store::pulls::Found;
use crate::store::reviews::Push;

/// Reviews that the plots are made of.
const PUSHES: i64 = 2_000;
/// Classes that have a plot of their own.
const CLASSES: usize = 6;
/// Findings of an audit that are listed.
const LISTED: usize = 300;
const DAY: f64 = 86_400_000.0;

/// A setting in force.
struct Setting {
    key: &'static str,
    value: String,
    origin: String,
    meaning: &'static str,
}

/// A class with how often it was found.
struct Class {
    name: String,
    code: String,
    introduced: u32,
    fixed: u32,
}

/// A dismissal.
struct Dismissed {
    code: String,
    path: String,
    kind: String,
    who: String,
    reason: String,
    made: String,
    ends: String,
}

/// A finding of an audit.
struct Line {
    name: String,
    code: String,
    confidence: &'static str,
    place: String,
    link: Option<String>,
    message: String,
}

/// A review of the whole repository.
struct Whole {
    who: String,
    made: String,
    state: String,
    head: String,
    done: i64,
    files: i64,
    headline: String,
    lines: Vec<Line>,
    more: usize,
    skipped: usize,
}

#[derive(Template)]
#[template(path = "repository.html")]
struct Page {
    frame: Frame,
    owner: String,
    name: String,
    here: String,
    github: Option<String>,
    plots: Vec<String>,
    classes: Vec<Class>,
    reviews: usize,
    dismissals: Vec<Dismissed>,
    /// The settings, or what is wrong with them; nothing where they are not known now.
    settings: Option<Result<Vec<Setting>, String>>,
    audit: Option<Whole>,
    may_audit: bool,
}

/// A repository, for whoever may see it. To others it is not there.
///
/// # Errors
///
/// [`Error::NotFound`], and when the database fails.
pub async fn admitted(
    site: &Site,
    viewer: &Viewer,
    owner: &str,
    name: &str,
) -> Result<(Found, Access), Error> {
    let seen = access(site, viewer, owner, name).await?;
    let found = store(site)?.repository_named(owner, name).await?;
    let found = found.ok_or(Error::NotFound)?;
    let access = seen.of(found.repository);
    if access < Access::Read {
        return Err(Error::NotFound);
    }
    Ok((found, access))
}

/// The page of a repository.
pub async fn page(
    State(site): State<Shared>,
    frame: Frame,
    viewer: Viewer,
    Path((owner, name)): Path<(String, String)>,
) -> Result<Html<String>, Error> {
    let (found, access) = admitted(&site, &viewer, &owner, &name).await?;
    let store = store(&site)?;
    let pushes = store.pushes(found.repository, None, PUSHES).await?;
    let dismissals = store.dismissals(found.repository, now()?).await?;
    let audit = store.last_audit(found.repository).await?;
    let github = site.bot.as_ref().map(|bot| {
        let at = &bot.github().settings().html_url;
        format!("{at}/{}/{}", found.owner, found.name)
    });
    let classes = classes(&pushes);
    let is_running = audit
        .as_ref()
        .is_some_and(|audit| matches!(audit.state.as_str(), "waiting" | "reading"));
    rendered(&Page {
        here: here(&found),
        plots: plots(&pushes, &classes),
        classes,
        reviews: pushes.len(),
        dismissals: dismissals.into_iter().map(dismissed).collect(),
        settings: settings(&site, &found).await,
        audit: audit.map(|audit| whole(audit, github.as_deref())),
        may_audit: access >= Access::Write && site.bot.is_some() && !is_running,
        github,
        owner: found.owner,
        name: found.name,
        frame,
    })
}

fn here(found: &Found) -> String {
    format!("/repositories/{}/{}", found.owner, found.name)
}

/// Begins a review of the whole repository, unless one is under way.
pub async fn audit(
    State(site): State<Shared>,
    frame: Frame,
    viewer: Viewer,
    Path((owner, name)): Path<(String, String)>,
) -> Result<Response, Error> {
    if is_signed_out(&site, &viewer) {
        return signed_out(frame, Vec::new(), None);
    }
    let there = begun(&site, &viewer, &owner, &name).await?;
    Ok(there.into_response())
}

async fn begun(site: &Site, viewer: &Viewer, owner: &str, name: &str) -> Result<Redirect, Error> {
    let (found, access) = admitted(site, viewer, owner, name).await?;
    if access < Access::Write {
        return Err(Error::ReadOnly);
    }
    let bot = site.bot.as_ref().ok_or(Error::NotFound)?;
    let there = Redirect::to(&format!("{}#audit", here(&found)));
    let last = store(site)?.last_audit(found.repository).await?;
    if last.is_some_and(|audit| matches!(audit.state.as_str(), "waiting" | "reading")) {
        return Ok(there);
    }
    let audit = Audit {
        id: unguessable()?,
        repository: found.repository,
        installation: found.installation,
        who: viewer.name().to_owned(),
        state: "waiting".to_owned(),
        head: String::new(),
        done: 0,
        files: 0,
        review: None,
        made: now()?,
    };
    let repository = Repository {
        id: found.repository,
        owner: found.owner,
        name: found.name,
    };
    bot.ask_for_audit(repository, &audit).await?;
    Ok(there)
}

async fn settings(site: &Site, found: &Found) -> Option<Result<Vec<Setting>, String>> {
    let bot = site.bot.as_ref()?;
    let repository = Repository {
        id: found.repository,
        owner: found.owner.clone(),
        name: found.name.clone(),
    };
    let set = bot.settings_of(found.installation, &repository).await?;
    Some(set.map(|settings| settings.entries().into_iter().map(setting).collect()))
}

fn setting(entry: config::Entry) -> Setting {
    Setting {
        key: entry.key,
        value: entry.value.unwrap_or_else(|| "not set".to_owned()),
        origin: entry.origin.to_string(),
        meaning: entry.meaning,
    }
}

fn classes(pushes: &[Push]) -> Vec<Class> {
    let mut sums: BTreeMap<&str, [u32; 3]> = BTreeMap::new();
    for (code, numbers) in pushes.iter().flat_map(|push| &push.classes) {
        let sum = sums.entry(code).or_default();
        *sum = [0, 1, 2].map(|at| sum[at] + numbers[at]);
    }
    let class = |(code, sum): (&str, [u32; 3])| Class {
        name: full(code),
        code: code.to_owned(),
        introduced: sum[0],
        fixed: sum[1],
    };
    let mut classes: Vec<Class> = sums.into_iter().map(class).collect();
    classes.retain(|class| class.introduced + class.fixed > 0);
    classes.sort_by_key(|class| std::cmp::Reverse(class.introduced));
    classes
}

/// The last part of the address of a class's explanation.
fn full(code: &str) -> String {
    let rule = rules::ALL.iter().find(|rule| rule.code == code);
    rule.map_or(code.to_owned(), |rule| format!("{code}-{}", rule.slug))
}

/// Findings by day, of all classes and of those that are found most.
fn plots(pushes: &[Push], classes: &[Class]) -> Vec<String> {
    let Some(first) = pushes.iter().map(|push| push.made).min() else {
        return Vec::new();
    };
    let curve = |label: &str, role, count: &dyn Fn(&Push) -> u32| Curve {
        label: label.to_owned(),
        role,
        points: by_day(pushes, first, count),
    };
    let all = Plot {
        title: "All classes".to_owned(),
        unit: "findings a day".to_owned(),
        curves: vec![
            curve("introduced", Role::Bug, &|push| push.all()[0]),
            curve("fixed", Role::Fix, &|push| push.all()[1]),
        ],
        marks: Vec::new(),
        shaded: None,
    };
    let of_class = |class: &Class| {
        let count = |at: usize| {
            move |push: &Push| {
                push.classes
                    .get(&class.code)
                    .map_or(0, |numbers| numbers[at])
            }
        };
        Plot {
            title: class.name.clone(),
            curves: vec![
                curve("introduced", Role::Bug, &count(0)),
                curve("fixed", Role::Fix, &count(1)),
            ],
            ..all.clone()
        }
    };
    let each = classes.iter().take(CLASSES).map(of_class);
    let unit = format!("days since {}", &date(first)[..10.min(date(first).len())]);
    std::iter::once(all.clone())
        .chain(each)
        .map(|plot| plot::over(&plot, &unit))
        .collect()
}

/// Sums by day, from the begin of each day to its end, so that a day without findings is seen as
/// one.
fn by_day(pushes: &[Push], first: i64, count: &dyn Fn(&Push) -> u32) -> Vec<(f64, f64)> {
    let mut days: BTreeMap<u32, u32> = BTreeMap::new();
    for push in pushes {
        let day = ((push.made - first) as f64 / DAY)
            .floor()
            .clamp(0.0, 3650.0) as u32;
        *days.entry(day).or_default() += count(push);
    }
    let last = days.keys().next_back().copied().unwrap_or(0);
    (0..=last)
        .flat_map(|day| {
            let sum = f64::from(days.get(&day).copied().unwrap_or(0));
            [(f64::from(day), sum), (f64::from(day + 1), sum)]
        })
        .collect()
}

fn dismissed(dismissal: Dismissal) -> Dismissed {
    Dismissed {
        code: dismissal.code,
        path: dismissal.path,
        kind: dismissal.kind,
        who: dismissal.who,
        reason: match dismissal.reason.as_str() {
            "" => "no reason given".to_owned(),
            _ => dismissal.reason,
        },
        made: date(dismissal.made),
        ends: dismissal.ends.map_or("never".to_owned(), date),
    }
}

fn whole(audit: Audit, github: Option<&str>) -> Whole {
    let review = audit.review.unwrap_or_default();
    let number = review.findings.len();
    let line = |remark: &crate::review::outcome::Remark| Line {
        name: format!("{}-{}", remark.code, remark.slug),
        code: remark.code.clone(),
        confidence: remark.confidence.name(),
        place: format!("{}:{}", remark.path, remark.line),
        link: github.map(|at| {
            let path = super::reviews::encoded(&remark.path);
            format!("{at}/blob/{}/{path}#L{}", audit.head, remark.line)
        }),
        message: message(&remark.message),
    };
    let mut all: Vec<&crate::review::outcome::Remark> = review.findings.iter().collect();
    all.sort_by_key(|remark| std::cmp::Reverse(remark.confidence));
    Whole {
        headline: format!(
            "{} in {} of {}",
            counted(number as u64, "finding"),
            counted(review.summary.lines, "line"),
            counted(u64::from(review.summary.files), "file")
        ),
        lines: all.into_iter().take(LISTED).map(line).collect(),
        more: number.saturating_sub(LISTED),
        skipped: review.skipped.len(),
        who: audit.who,
        made: date(audit.made),
        head: audit.head.get(..10).unwrap_or("").to_owned(),
        state: audit.state,
        done: audit.done,
        files: audit.files,
    }
}
