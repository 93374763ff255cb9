//! Reads unified diffs: from git, from `diff -u`, and GitHub's headerless `patch` fields.
//!
//! Everything in a diff may be hostile or cut short, so hunks are read by a tolerant scan in one
//! pass: a wrong count is a [`Problem`] that names its line, and the lines are used all the same
//! (`diffy` refuses the file, or stops in silence at the first surplus line). The file headers,
//! with git's quoting, renames, copies and binaries, are `diffy`'s.

use std::collections::HashSet;

use diffy::patch_set::{FileOperation, ParseOptions, PatchSet};

use super::diff::{Diff, Fate, FileDiff, Hunk, Kind, Line, Problem};
use super::paths;

/// The longest header line that is read, in bytes: the longest path, twice, quoted.
const HEADER_LIMIT: usize = 8 << 10;
/// The largest line number that is believed.
const LINE_LIMIT: u32 = 1 << 30;
/// The most problems that are listed.
const PROBLEM_LIMIT: usize = 100;

/// Reads a unified diff of any number of files. Never fails: what could not be read is listed
/// under [`Diff::problems`].
pub fn read(text: &str) -> Diff {
    let mut reader = Reader::new(text);
    reader.read_all();
    if reader.diff.files.is_empty() && reader.diff.problems.is_empty() && !text.trim().is_empty() {
        reader.problem(0, "no file header (`--- a/path` and `+++ b/path`) found");
    }
    reader.diff
}

/// Reads hunks without file headers, as GitHub's API gives them, for a file whose paths are
/// known. The same path on both sides unless `old_path` says otherwise.
pub fn read_hunks(path: &str, old_path: Option<&str>, text: &str) -> Diff {
    let mut reader = Reader::new(text);
    let fate = if old_path.is_some_and(|old| old != path) {
        Fate::Renamed
    } else {
        Fate::Modified
    };
    reader.open = Some(Section {
        start: 0,
        git: false,
        header: String::new(),
        known: Some((
            paths::clean(old_path.unwrap_or(path)),
            paths::clean(path),
            fate,
        )),
        hunks: Vec::new(),
    });
    reader.read_all();
    reader.diff
}

/// Whether a text is a unified diff rather than code.
pub fn looks_like_diff(text: &str) -> bool {
    let mut lines = text.lines().peekable();
    while let Some(line) = lines.next() {
        if line.starts_with("diff --git ") {
            return true;
        }
        let hunk = |line: &&str| line.starts_with("@@ -") && line[4..].contains(" @@");
        if line.starts_with("+++ ") && lines.peek().is_some_and(hunk) {
            return true;
        }
    }
    false
}

/// A file's part of the diff while it is read.
struct Section {
    start: usize,
    git: bool,
    header: String,
    known: Option<(String, String, Fate)>,
    hunks: Vec<Hunk>,
}

/// A hunk while it is read: what its header promised is still to come.
struct Promise {
    start: usize,
    old: u32,
    new: u32,
}

struct Reader<'t> {
    /// Paths in the head, and of deleted files in the base: each has one part of a diff.
    seen: HashSet<(bool, String)>,
    lines: Vec<&'t str>,
    at: usize,
    open: Option<Section>,
    diff: Diff,
}

impl<'t> Reader<'t> {
    fn new(text: &'t str) -> Reader<'t> {
        Reader {
            seen: HashSet::new(),
            lines: text.split_terminator('\n').collect(),
            at: 0,
            open: None,
            diff: Diff::default(),
        }
    }

    fn line(&self, at: usize) -> &'t str {
        self.lines.get(at).copied().unwrap_or("")
    }

    fn problem(&mut self, at: usize, message: impl Into<String>) {
        if self.diff.problems.len() < PROBLEM_LIMIT {
            self.diff.problems.push(Problem {
                line: u32::try_from(at + 1).unwrap_or(u32::MAX),
                message: message.into(),
            });
        }
    }

    fn read_all(&mut self) {
        while self.at < self.lines.len() {
            self.read_outside();
        }
        self.close();
    }

    /// Reads one line that is in no hunk; a hunk header reads its hunk.
    fn read_outside(&mut self) {
        let line = self.line(self.at);
        let at = self.at;
        self.at += 1;
        if line.starts_with("diff --git ") {
            self.begin(at, true);
            self.keep(at, line);
        } else if line.starts_with("diff --cc ") || line.starts_with("diff --combined ") {
            self.close();
            self.problem(
                at,
                "the combined diff of a merge is not supported; give the diff against one parent",
            );
        } else if self.is_file_header(at) {
            let goes_on = |open: &Section| {
                open.git && open.hunks.is_empty() && !open.header.contains("\n--- ")
            };
            if !self.open.as_ref().is_some_and(goes_on) {
                self.begin(at, false);
            }
            self.keep(at, line);
            if line.starts_with("--- ") && self.line(at + 1).starts_with("+++ ") {
                self.keep(at + 1, self.line(at + 1));
                self.at += 1;
            }
        } else if line.starts_with("@@ ") {
            self.read_hunk(at);
        } else if self
            .open
            .as_ref()
            .is_some_and(|open| open.git && open.hunks.is_empty())
        {
            self.keep_extended(at, line);
        }
    }

    /// Whether a line outside of hunks begins a file: `---` with `+++` below, or `+++` alone
    /// above a hunk.
    fn is_file_header(&self, at: usize) -> bool {
        let line = self.line(at);
        let next = self.line(at + 1);
        line.starts_with("--- ") && next.starts_with("+++ ")
            || line.starts_with("+++ ") && next.starts_with("@@ -")
    }

    fn begin(&mut self, start: usize, git: bool) {
        self.close();
        self.open = Some(Section {
            start,
            git,
            header: String::new(),
            known: None,
            hunks: Vec::new(),
        });
    }

    /// Keeps a header line for `diffy`, without the `\r` of diffs that went through Windows.
    fn keep(&mut self, at: usize, line: &str) {
        if line.len() > HEADER_LIMIT {
            self.problem(at, format!("a header line of {} bytes", line.len()));
        } else if let Some(open) = &mut self.open {
            open.header.push_str(line.trim_end_matches('\r'));
            open.header.push('\n');
        }
    }

    /// Keeps those of git's extended headers that say what happened to the file. Modes other than
    /// today's (`100664`) are old but valid; content of binary patches is of no use here.
    fn keep_extended(&mut self, at: usize, line: &str) {
        const KEPT: [&str; 4] = ["rename from ", "rename to ", "copy from ", "copy to "];
        if KEPT.iter().any(|kept| line.starts_with(kept)) {
            self.keep(at, line);
        } else if line.starts_with("new file mode ") {
            self.keep(at, "new file mode 100644");
        } else if line.starts_with("deleted file mode ") {
            self.keep(at, "deleted file mode 100644");
        } else if line.starts_with("Binary files ") || line.starts_with("GIT binary patch") {
            self.keep(at, "Binary files differ");
        }
    }

    fn read_hunk(&mut self, at: usize) {
        let header = self.line(at);
        let Some((mut hunk, promise)) = hunk_header(header, at) else {
            self.problem(at, format!("not a hunk header: `{}`", clipped(header)));
            return;
        };
        if self.open.is_none() {
            self.problem(at, "a hunk without a file header above it");
        }
        let fits = self.read_lines(&mut hunk, &promise);
        if !fits {
            self.problem(
                promise.start,
                format!(
                    "the hunk header promises {} old and {} new lines, but {} and {} follow",
                    promise.old, promise.new, hunk.old_count, hunk.new_count
                ),
            );
        }
        let Some(open) = &mut self.open else { return };
        let overlaps = open.hunks.last().is_some_and(|last| {
            last.old_start + last.old_count > hunk.old_start
                || last.new_start + last.new_count > hunk.new_start
        });
        if overlaps {
            self.problem(at, "the hunk overlaps the one before it and was left out");
        } else {
            open.hunks.push(hunk);
        }
    }

    /// Reads the lines of a hunk; says whether they are as many as promised.
    fn read_lines(&mut self, hunk: &mut Hunk, promise: &Promise) -> bool {
        loop {
            let line = self.line(self.at);
            let old_left = i64::from(promise.old) - i64::from(hunk.old_count);
            let new_left = i64::from(promise.new) - i64::from(hunk.new_count);
            let complete = old_left <= 0 && new_left <= 0;
            if self.at >= self.lines.len() || self.ends_hunk(line, (old_left, new_left)) {
                return old_left == 0 && new_left == 0;
            }
            let (kind, text) = match line.as_bytes().first() {
                Some(b'+') => (Kind::Added, &line[1..]),
                Some(b'-') => (Kind::Removed, &line[1..]),
                Some(b' ') => (Kind::Context, &line[1..]),
                // A context line whose only blank was trimmed on the way.
                None | Some(b'\r') if !complete => (Kind::Context, line),
                Some(b'\\') => {
                    self.at += 1;
                    continue;
                }
                _ => return old_left == 0 && new_left == 0,
            };
            hunk.lines.push(Line {
                kind,
                old: hunk.old_start + hunk.old_count,
                new: hunk.new_start + hunk.new_count,
                text: text.trim_end_matches('\r').to_owned(),
            });
            hunk.old_count += u32::from(kind != Kind::Added);
            hunk.new_count += u32::from(kind != Kind::Removed);
            self.at += 1;
        }
    }

    /// Whether a line that looks like content is in truth what follows the hunk.
    fn ends_hunk(&self, line: &str, left: (i64, i64)) -> bool {
        let complete = left.0 <= 0 && left.1 <= 0;
        let signature = line.trim_end_matches('\r') == "-- ";
        if complete && signature {
            return true;
        }
        // `--- x` above `+++ y` may be a removed and an added line: only the counts can tell.
        let header = line.starts_with("--- ") && self.line(self.at + 1).starts_with("+++ ");
        header && (complete || self.line(self.at + 2).starts_with("@@ -") && left != (1, 1))
    }

    fn close(&mut self) {
        let Some(section) = self.open.take() else {
            return;
        };
        let start = section.start;
        match finished(section) {
            Ok(Some(file)) => self.add(start, file),
            Ok(None) => {}
            Err(message) => self.problem(start, message),
        }
    }

    fn add(&mut self, start: usize, file: FileDiff) {
        let path = file.new_path.as_ref().or(file.old_path.as_ref());
        let name = (file.new_path.is_some(), path.cloned().unwrap_or_default());
        let shown = clipped(&name.1);
        if self.seen.insert(name) {
            self.diff.files.push(file);
        } else if !file.hunks().is_empty() {
            self.problem(
                start,
                format!("a second diff of `{shown}` was left out; give one diff, not a series"),
            );
        }
    }
}

/// Reads `@@ -1,2 +3,4 @@ heading`; `None` when it is none, or speaks of lines beyond belief.
fn hunk_header(line: &str, at: usize) -> Option<(Hunk, Promise)> {
    let rest = line.strip_prefix("@@ -")?;
    let (ranges, heading) = rest.split_once(" @@")?;
    let (old, new) = ranges.split_once(" +")?;
    let (old_start, old) = range(old)?;
    let (new_start, new) = range(new)?;
    let hunk = Hunk {
        old_start,
        old_count: 0,
        new_start,
        new_count: 0,
        heading: heading.trim().to_owned(),
        lines: Vec::new(),
    };
    Some((
        hunk,
        Promise {
            start: at,
            old,
            new,
        },
    ))
}

/// The first line and the count. A range of no lines names the line before it, which becomes the
/// line after it here.
fn range(text: &str) -> Option<(u32, u32)> {
    let (start, count) = match text.split_once(',') {
        Some((start, count)) => (start.parse::<u32>().ok()?, count.parse::<u32>().ok()?),
        None => (text.parse::<u32>().ok()?, 1),
    };
    let start = if count == 0 {
        start.checked_add(1)?
    } else {
        start.max(1)
    };
    (start <= LINE_LIMIT && count <= LINE_LIMIT).then_some((start, count))
}

/// A file's diff from its section; `None` when the section says nothing.
fn finished(section: Section) -> Result<Option<FileDiff>, String> {
    if let Some((old, new, fate)) = section.known {
        let nothing = section.hunks.is_empty();
        return Ok((!nothing).then(|| FileDiff::new(Some(old), Some(new), fate, section.hunks)));
    }
    let options = if section.git {
        ParseOptions::gitdiff()
    } else {
        ParseOptions::unidiff()
    };
    let parsed = match PatchSet::parse(&section.header, options).next() {
        Some(Ok(parsed)) => parsed,
        Some(Err(error)) => return Err(format!("the file header cannot be read: {error}")),
        None => return Ok(None),
    };
    let git_line = section
        .header
        .lines()
        .next()
        .and_then(|line| line.strip_prefix("diff --git "));
    let (old, new, fate) = sides(parsed.operation(), git_line);
    let (old, new) = (
        old.map(|path| paths::clean(&path)),
        new.map(|path| paths::clean(&path)),
    );
    if old.as_deref().or(new.as_deref()).is_none_or(str::is_empty) || new.as_deref() == Some("") {
        return Err("the file header names no path".to_owned());
    }
    let mut file = FileDiff::new(old, new, fate, section.hunks);
    file.binary = parsed.patch().is_binary();
    Ok(Some(file))
}

/// The paths on both sides without the prefixes of the tool that made the diff.
fn sides(
    operation: &FileOperation<'_, str>,
    git_line: Option<&str>,
) -> (Option<String>, Option<String>, Fate) {
    match operation {
        FileOperation::Create(path) => (None, Some(alone(path, git_line)), Fate::Added),
        FileOperation::Delete(path) => (Some(alone(path, git_line)), None, Fate::Deleted),
        FileOperation::Rename { from, to } => {
            (Some(from.to_string()), Some(to.to_string()), Fate::Renamed)
        }
        FileOperation::Copy { from, to } => {
            (Some(from.to_string()), Some(to.to_string()), Fate::Copied)
        }
        FileOperation::Modify { original, modified } => {
            let (old, new) = without_prefixes(original, modified);
            (Some(old.to_owned()), Some(new.to_owned()), Fate::Modified)
        }
    }
}

/// Strips `a/` and `b/`, git's mnemonic prefixes, and the two roots of `diff -r old new`.
fn without_prefixes<'p>(old: &'p str, new: &'p str) -> (&'p str, &'p str) {
    match (old.split_once('/'), new.split_once('/')) {
        (Some((old_root, old_rest)), Some((new_root, new_rest)))
            if old_root != new_root
                && (old_rest == new_rest || (old_root, new_root) == ("a", "b")) =>
        {
            (old_rest, new_rest)
        }
        _ => (old, new),
    }
}

/// Strips the prefix of a path whose other side is `/dev/null`; git's first header line tells
/// whether there is one.
fn alone(path: &str, git_line: Option<&str>) -> String {
    let Some((root, rest)) = path.split_once('/') else {
        return path.to_owned();
    };
    let prefixed = match git_line {
        Some(line) => {
            let line = line.replace('"', "");
            let first = line.split_once('/').map_or("", |(first, _)| first);
            let differ = line.split(' ').any(|word| {
                word.split_once('/')
                    .is_some_and(|(other, _)| other != first)
            });
            differ && root.len() == 1 && matches!(first, "a" | "i" | "c" | "o" | "w" | "1")
        }
        None => matches!(root, "a" | "b"),
    };
    if prefixed { rest } else { path }.to_owned()
}

fn clipped(text: &str) -> String {
    text.trim_end_matches('\r').chars().take(60).collect()
}
