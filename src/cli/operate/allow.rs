//! `export-allow`: what was dismissed on pull requests, as allow comments in the code.
//!
//! What is printed is a diff to be looked at and applied. A comment is only offered where analysing
//! again shows that it does what the dismissal did.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Context, bail};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use rayon::prelude::*;

use super::{ExportAllow, wait};
use crate::cli::args::Choice;
use crate::cli::tree::{self, Tree};
use crate::cli::{database, settings, terminal};
use crate::github::clock::Clock;
use crate::report::plain::{counted, printable};
use crate::review::allow;
use crate::review::outcome::Remark;
use crate::review::run::{self, UnitFiles};
use crate::review::{Options, Review};
use crate::source::between;
use crate::store::dismissals::Dismissal;

/// Runs the command.
pub fn run(export: &ExportAllow) -> anyhow::Result<()> {
    let server = export.place.server()?;
    let dismissals = wait(async {
        let store = database::open_existing(&server).await?;
        let found = dismissals(&store, &export.repository).await;
        store.close().await;
        found
    })?;
    if dismissals.is_empty() {
        terminal::tell("nothing is dismissed there");
        return Ok(());
    }
    let checkout = Checkout::read(&export.before)?;
    let (diff, left) = checkout.allowing(&dismissals);
    for (dismissal, why) in &left {
        terminal::tell(&format!("{}: {why}", described(dismissal)));
    }
    let placed = (dismissals.len() - left.len()) as u64;
    let all = counted(dismissals.len() as u64, "dismissal");
    terminal::tell(&format!(
        "{all}, {placed} of them as allow comments; `git apply` takes the diff"
    ));
    terminal::print(&diff)
}

async fn dismissals(
    store: &crate::store::Store,
    repository: &str,
) -> anyhow::Result<Vec<Dismissal>> {
    let (owner, name) = repository
        .split_once('/')
        .filter(|(owner, name)| !owner.is_empty() && !name.is_empty() && !name.contains('/'))
        .with_context(|| {
            format!(
                "`{}` names no repository: give OWNER/NAME",
                printable(repository)
            )
        })?;
    let Some(found) = store.repository_named(owner, name).await? else {
        bail!(
            "no pull request of {} was reviewed with this database",
            printable(repository)
        );
    };
    Ok(store
        .dismissals(found.repository, Clock::real().now())
        .await?)
}

/// A dismissal and why it is no allow comment.
type Left<'d> = (&'d Dismissal, &'static str);

/// A finding in the clone.
struct Here<'r> {
    unit: usize,
    remark: &'r Remark,
}

/// The files of the repository.
struct Checkout {
    walked: Tree,
    /// What the paths of the walk begin with.
    start: String,
    units: Vec<UnitFiles>,
    options: Options,
}

/// Files with allow comments added, by path.
type Changed = BTreeMap<String, String>;

impl Checkout {
    fn read(root: &Path) -> anyhow::Result<Checkout> {
        if !root.is_dir() {
            bail!("{} is no directory", root.display());
        }
        let roots = [root.to_owned()];
        let force = settings::load(&Choice::default(), &roots)?;
        let walked = Tree::walk(&roots, &force, false)?;
        let start = match tree::shown(root).as_str() {
            "." => String::new(),
            shown => format!("{}/", shown.trim_end_matches('/')),
        };
        let without = |path: &String| path.strip_prefix(&start).unwrap_or(path).to_owned();
        let units = walked.units.iter().map(|unit| UnitFiles {
            paths: unit.paths.iter().map(without).collect(),
        });
        Ok(Checkout {
            units: units.collect(),
            options: Options {
                settings: force.settings,
                limits: force.limits,
                inventory: false,
                suggestions: false,
                ..Options::default()
            },
            walked,
            start,
        })
    }

    fn bytes(&self, path: &str) -> Result<Vec<u8>, String> {
        let place = self.walked.place(&format!("{}{path}", self.start));
        tree::read(&place, self.options.limits.bytes)
    }

    /// The findings of each unit. Their numbers among equals are those of the unit alone, as on a
    /// pull request that touches one package.
    fn reviews(&self) -> Vec<Review> {
        let units = self.units.par_iter();
        units
            .map(|unit| self.review(unit, &Changed::new()))
            .collect()
    }

    fn review(&self, unit: &UnitFiles, changed: &Changed) -> Review {
        let read = |path: &str| match changed.get(path) {
            Some(text) => Ok(text.clone().into_bytes()),
            None => self.bytes(path),
        };
        run::check(std::slice::from_ref(unit), &read, &self.options, &|_| ())
    }

    /// The diff that adds the comments, and what is not in it.
    fn allowing<'d>(&self, dismissals: &'d [Dismissal]) -> (String, Vec<Left<'d>>) {
        let reviews = self.reviews();
        let mut by_fingerprint: BTreeMap<(&str, &str), Vec<Here<'_>>> = BTreeMap::new();
        for (unit, review) in reviews.iter().enumerate() {
            for remark in &review.findings {
                by_fingerprint
                    .entry((&remark.fingerprint, &remark.code))
                    .or_default()
                    .push(Here { unit, remark });
            }
        }
        let mut left = Vec::new();
        let mut found: Vec<(&Dismissal, &Here<'_>)> = Vec::new();
        for dismissal in dismissals {
            let key = (dismissal.fingerprint.as_str(), dismissal.code.as_str());
            let here = by_fingerprint.get(&key).map_or(&[][..], Vec::as_slice);
            let same_path = here.iter().find(|one| one.remark.path == dismissal.path);
            match (same_path, here) {
                (Some(one), _) | (None, [one]) => found.push((dismissal, one)),
                (None, []) => left.push((
                    dismissal,
                    "no longer found: mended, rewritten, or allowed already",
                )),
                (None, _) => left.push((dismissal, "several findings look like it")),
            }
        }
        // From the last line to the first, so that the lines above keep their numbers.
        let place = |here: &Here<'_>| (here.remark.path.clone(), here.remark.line);
        found.sort_by_key(|(_, here)| std::cmp::Reverse(place(here)));
        let mut changed = Changed::new();
        for (dismissal, here) in found {
            if !self.allow(dismissal, here, &mut changed) {
                left.push((
                    dismissal,
                    "a comment above its line would not dismiss it; write one by hand",
                ));
            }
        }
        (self.diff(&changed), left)
    }

    /// Adds the comment, if that dismisses the finding.
    fn allow(&self, dismissal: &Dismissal, here: &Here<'_>, changed: &mut Changed) -> bool {
        let (path, unit) = (&here.remark.path, &self.units[here.unit]);
        let Some(text) = changed.get(path).cloned().or_else(|| self.text(path)) else {
            return false;
        };
        let before = count(&self.review(unit, changed), here.remark);
        let with = inserted(&text, here.remark.line, &comment(dismissal));
        changed.insert(path.clone(), with);
        let dismisses = count(&self.review(unit, changed), here.remark) < before;
        if !dismisses {
            changed.insert(path.clone(), text);
        }
        dismisses
    }

    /// The text of a file. One that is not plain UTF-8 cannot stand in a diff.
    fn text(&self, path: &str) -> Option<String> {
        String::from_utf8(self.bytes(path).ok()?).ok()
    }

    fn diff(&self, changed: &Changed) -> String {
        let mut diff = String::new();
        for (path, after) in changed {
            if let Some(before) = self.text(path).filter(|before| before != after) {
                diff += &between::unified(path, &before, after);
            }
        }
        diff
    }
}

/// How many findings of the same class its file has.
fn count(review: &Review, remark: &Remark) -> usize {
    let alike = |one: &&Remark| one.code == remark.code && one.path == remark.path;
    review.findings.iter().filter(alike).count()
}

/// The text with a comment above a line, as far to the right as the line.
fn inserted(text: &str, line: u32, comment: &str) -> String {
    let mut with = String::with_capacity(text.len() + comment.len() + 80);
    for (at, one) in text.split_inclusive('\n').enumerate() {
        if at + 1 == line as usize {
            let indent: String = one
                .chars()
                .take_while(|c| matches!(c, ' ' | '\t'))
                .collect();
            let end = if one.ends_with("\r\n") { "\r\n" } else { "\n" };
            with += &format!("{indent}{comment}{end}");
        }
        with += one;
    }
    with
}

/// The allow comment: class, reason, and who decided that when.
fn comment(dismissal: &Dismissal) -> String {
    let reason = printable(dismissal.reason.trim());
    let reason = match (dismissal.kind.as_str(), reason.trim()) {
        ("false-positive", "") => "false positive".to_owned(),
        ("false-positive", reason) => format!("false positive: {reason}"),
        (_, "") => "dismissed without a reason".to_owned(),
        (_, reason) => reason.to_owned(),
    };
    let until = dismissal
        .ends
        .map_or_else(String::new, |ends| format!(", until {}", day(ends - 1)));
    let who = printable(&dismissal.who);
    let after = format!("{reason} ({who}, {}{until})", day(dismissal.made));
    let said = format!("highwater:allow {} {after}", dismissal.code);
    // A reason that begins with the name of a class would allow that class as well.
    let is_plain = allow::parse(&said).is_some_and(|allow| allow.codes == [&dismissal.code]);
    if is_plain {
        format!("//{said}")
    } else {
        format!("//highwater:allow {} because: {after}", dismissal.code)
    }
}

/// A day, in UTC.
fn day(millis: i64) -> String {
    Timestamp::from_millisecond(millis).map_or_else(
        |_| "an unknown day".to_owned(),
        |time| time.to_zoned(TimeZone::UTC).date().to_string(),
    )
}

fn described(dismissal: &Dismissal) -> String {
    format!(
        "{} in {} (#{}, dismissed by {} on {}: {})",
        printable(&dismissal.code),
        printable(&dismissal.path),
        dismissal.pull,
        printable(&dismissal.who),
        day(dismissal.made),
        printable(&dismissal.reason),
    )
}
