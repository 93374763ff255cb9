//! Where a comment on an introduced finding can stand, and what the change took away.
//!
//! Comments can stand only on lines that the diff shows. A finding whose cause is a deleted line
//! may be far from the diff; its comment goes to where the line was, and says what is gone.

use std::collections::{BTreeMap, BTreeSet};

use super::compare::Lines;
use super::fingerprint::clip;
use super::outcome::Remark;
use crate::source::diff::{FileDiff, Kind, Line};
use crate::source::paths;

/// The most removed lines that are weighed for a finding: the nearest in its own file, and as
/// many in other files of its unit.
const WEIGHED: usize = 300;
/// Bytes of a removed line that are weighed, and that are shown.
const READ: usize = 200;
const SHOWN: usize = 80;

/// What usually keeps these bugs away: a removed line with one of these is likelier the cause.
const GUARDS: [&str; 14] = [
    "close(", "cancel", "Done()", "default:", "nlock()", "Lock()", "Wait()", "SetLimit", "Acquire",
    "<-", "Stop", "Once", "Add(", "len(",
];

/// Removed lines by directory, without those that merely moved.
pub struct Removals<'d> {
    by_directory: BTreeMap<&'d str, Vec<InFile<'d>>>,
}

struct InFile<'d> {
    file: &'d FileDiff,
    path: &'d str,
    lines: Vec<Removed<'d>>,
}

struct Removed<'d> {
    line: &'d Line,
    text: &'d str,
    guards: bool,
}

impl<'d> Removals<'d> {
    /// Of all files of a diff.
    pub fn new(files: &'d [FileDiff]) -> Removals<'d> {
        let mut by_directory: BTreeMap<&str, Vec<InFile<'_>>> = BTreeMap::new();
        for file in files {
            let path = file
                .new_path
                .as_deref()
                .or(file.old_path.as_deref())
                .unwrap_or("");
            let lines = removed(file);
            if !lines.is_empty() {
                let directory = paths::split(path).0;
                let in_file = InFile { file, path, lines };
                by_directory.entry(directory).or_default().push(in_file);
            }
        }
        Removals { by_directory }
    }

    /// The removed line that most likely made a finding true.
    fn cause(&self, remark: &Remark, subject: &str) -> Option<(&'d FileDiff, &'d Line)> {
        let files = self.by_directory.get(paths::split(&remark.path).0)?;
        let name = subject
            .rsplit(|c: char| !c.is_alphanumeric() && c != '_')
            .find(|word| !word.is_empty());
        let own = files.iter().filter(|file| file.path == remark.path).take(1);
        let own = own.flat_map(|file| file.near(remark.line).iter().map(move |line| (file, line)));
        let others = files
            .iter()
            .take(WEIGHED)
            .filter(|file| file.path != remark.path);
        let others = others.flat_map(|file| file.lines.iter().map(move |line| (file, line)));
        // In another file only a line that speaks of the thing can be the cause.
        let others = others.take(WEIGHED).filter(|(_, line)| line.names(name));
        own.map(|found| (true, found))
            .chain(others.map(|found| (false, found)))
            .map(|(own_file, (file, removed))| {
                let distance = removed.line.new.abs_diff(remark.line).min(9_999);
                let weight = u32::from(removed.names(name)) * 40_000
                    + u32::from(removed.guards) * 20_000
                    + u32::from(own_file) * 15_000
                    + (9_999 - distance);
                (weight, file.file, removed.line)
            })
            // The first of the heaviest.
            .reduce(|best, next| if next.0 > best.0 { next } else { best })
            .map(|(_, file, line)| (file, line))
    }
}

impl<'d> InFile<'d> {
    /// The removed lines nearest to a line of the head.
    fn near(&self, line: u32) -> &[Removed<'d>] {
        let at = self
            .lines
            .partition_point(|removed| removed.line.new < line);
        let end = (at + WEIGHED / 2).min(self.lines.len());
        &self.lines[at.saturating_sub(WEIGHED / 2)..end]
    }
}

impl Removed<'_> {
    fn names(&self, name: Option<&str>) -> bool {
        name.is_some_and(|name| contains_word(self.text, name))
    }
}

fn removed(file: &FileDiff) -> Vec<Removed<'_>> {
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
        .map(|line| {
            let text = clip(&line.text, READ);
            let guards = GUARDS.iter().any(|guard| text.contains(guard));
            Removed { line, text, guards }
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
