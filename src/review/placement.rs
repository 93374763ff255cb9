//! Where a comment on an introduced finding can stand, and what the change took away.
//!
//! Comments can stand only on lines that the diff shows. A finding whose cause is a deleted line
//! may be far from the diff; its comment goes to where the line was, and says what is gone.

use std::collections::BTreeSet;

use super::compare::Lines;
use super::fingerprint::clip;
use super::outcome::Remark;
use crate::source::diff::{FileDiff, Kind, Line};
use crate::source::paths;

/// The most removed lines that are weighed for a finding.
const WEIGHED: usize = 2_000;
/// Bytes of a removed line that are shown.
const SHOWN: usize = 80;

/// What usually keeps these bugs away: a removed line with one of these is likelier the cause.
const GUARDS: [&str; 14] = [
    "close(", "cancel", "Done()", "default:", "nlock()", "Lock()", "Wait()", "SetLimit", "Acquire",
    "<-", "Stop", "Once", "Add(", "len(",
];

/// Removed lines by file, without those that merely moved.
pub struct Removals<'d> {
    files: Vec<(&'d FileDiff, Vec<&'d Line>)>,
}

impl<'d> Removals<'d> {
    /// Of all files of a diff.
    pub fn new(files: &'d [FileDiff]) -> Removals<'d> {
        Removals {
            files: files
                .iter()
                .map(|file| (file, removed(file)))
                .filter(|(_, lines)| !lines.is_empty())
                .collect(),
        }
    }

    /// The removed line that most likely made a finding true.
    fn cause(&self, remark: &Remark, subject: &str) -> Option<(&'d FileDiff, &'d Line)> {
        let name = subject
            .rsplit(|c: char| !c.is_alphanumeric() && c != '_')
            .find(|word| !word.is_empty());
        let directory = paths::split(&remark.path).0;
        let mut weighed = 0;
        let mut best: Option<(i64, &FileDiff, &Line)> = None;
        let near = |file: &FileDiff| file.new_path.as_deref() == Some(remark.path.as_str());
        let same_unit = |file: &FileDiff| {
            let path = file.new_path.as_deref().or(file.old_path.as_deref());
            path.is_some_and(|path| paths::split(path).0 == directory)
        };
        for own_file in [true, false] {
            let files = self
                .files
                .iter()
                .filter(|(file, _)| near(file) == own_file && same_unit(file));
            for (file, lines) in files {
                for line in lines.iter().take(WEIGHED - weighed.min(WEIGHED)) {
                    weighed += 1;
                    let names_it = name.is_some_and(|name| contains_word(&line.text, name));
                    let guards = GUARDS.iter().any(|guard| line.text.contains(guard));
                    let distance = i64::from(line.new)
                        .abs_diff(i64::from(remark.line))
                        .min(9_999) as i64;
                    let weight = i64::from(names_it) * 40_000
                        + i64::from(guards) * 20_000
                        + i64::from(own_file) * 15_000
                        - distance;
                    // In another file only a line that speaks of the thing can be the cause.
                    let eligible = own_file || names_it;
                    if eligible && best.is_none_or(|(most, ..)| weight > most) {
                        best = Some((weight, file, line));
                    }
                }
            }
        }
        best.map(|(_, file, line)| (file, line))
    }
}

fn removed(file: &FileDiff) -> Vec<&Line> {
    let added: BTreeSet<&str> = file
        .hunks()
        .iter()
        .flat_map(|hunk| &hunk.lines)
        .filter(|line| line.kind == Kind::Added)
        .map(|line| line.text.trim())
        .collect();
    file.removed_lines()
        .filter(|line| {
            line.text.contains(char::is_alphanumeric) && !added.contains(line.text.trim())
        })
        .collect()
}

fn contains_word(text: &str, word: &str) -> bool {
    text.split(|c: char| !c.is_alphanumeric() && c != '_')
        .any(|other| other == word)
}

/// Places the comment on an introduced finding; names the removed line where one is the cause.
pub fn place(remark: &mut Remark, subject: &str, lines: &Lines<'_>, removals: &Removals<'_>) {
    let own = lines.head(&remark.path);
    let cause = if lines.touches_added(remark) {
        None
    } else {
        removals.cause(remark, subject)
    };
    if let Some((file, line)) = cause {
        let elsewhere = file
            .new_path
            .as_deref()
            .or(file.old_path.as_deref())
            .filter(|path| *path != remark.path);
        let of_file = elsewhere.map_or(String::new(), |path| format!(" of `{}`", plain(path)));
        remark.message.push_str(&format!(
            "; the change removed line `{}`{of_file}",
            plain(line.text.trim())
        ));
    }
    if own.is_some_and(|file| file.is_shown(remark.line)) {
        remark.comment_line = Some(remark.line);
        return;
    }
    let at_cause = cause
        .and_then(|(file, line)| Some((file.new_path.clone()?, file.nearest_shown(line.new)?)));
    let at_related = || {
        let added =
            |path: &str, line: u32| lines.head(path).is_some_and(|file| file.is_added(line));
        let mut related = remark.related.iter();
        related
            .find(|place| added(&place.path, place.line))
            .map(|place| (place.path.clone(), place.line))
    };
    let nearest = || Some((remark.path.clone(), own?.nearest_shown(remark.line)?));
    if let Some((path, line)) = at_cause.or_else(at_related).or_else(nearest) {
        remark.comment_line = Some(line);
        remark.comment_path = (path != remark.path).then_some(path);
    }
}

/// Text of a diff for use in a code span.
fn plain(text: &str) -> String {
    let clipped = clip(text, SHOWN);
    let dots = if clipped.len() < text.len() {
        "…"
    } else {
        ""
    };
    format!("{}{dots}", clipped.replace('`', "'"))
}
