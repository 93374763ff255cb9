//! What differs between two commits, as GitHub lists it.

use super::lines::{self, Hunk};
use super::objects::{Files, Leaf, Objects};
use super::pull::Side;

/// A renamed file is at least so alike, in percent.
const ALIKE: usize = 50;
/// One file's patch is left out beyond so many lines or bytes.
// source: docs.github.com, "Repository limits", diff limits: 20,000 lines or 500 KB a file
const FILE_LINES: usize = 20_000;
const FILE_BYTES: usize = 500_000;
/// All patches together.
// source: docs.github.com, "Repository limits": 20,000 loadable lines or 1 MB of raw diff
pub const ALL_LINES: usize = 20_000;
const ALL_BYTES: usize = 1_000_000;

/// A file that differs.
#[derive(Clone, Debug)]
pub struct Changed {
    pub path: String,
    pub previous: Option<String>,
    /// `added`, `removed`, `modified` or `renamed`.
    pub status: &'static str,
    /// The blob of the new text, or of the old where it was removed.
    pub sha: String,
    pub additions: usize,
    pub deletions: usize,
    pub hunks: Vec<Hunk>,
    /// None where GitHub leaves the patch out.
    pub patch: Option<String>,
}

impl Changed {
    /// The hunk and the position of a line, where the diff shows it.
    pub fn place(&self, line: usize, side: Side) -> Option<(usize, usize)> {
        let mut position = 0;
        for (index, hunk) in self.hunks.iter().enumerate() {
            if index > 0 {
                position += 1;
            }
            for shown in &hunk.lines {
                position += 1;
                // A line of context is on both sides.
                let number = if side == Side::Left {
                    shown.old
                } else {
                    shown.new
                };
                if number == Some(line) {
                    return Some((index, position));
                }
            }
        }
        None
    }

    /// The line at a position below the first `@@`.
    pub fn at_position(&self, wanted: usize) -> Option<(usize, Side)> {
        let mut position = 0;
        for (index, hunk) in self.hunks.iter().enumerate() {
            position += usize::from(index > 0);
            for shown in &hunk.lines {
                position += 1;
                if position == wanted {
                    return shown
                        .new
                        .map(|line| (line, Side::Right))
                        .or(shown.old.map(|line| (line, Side::Left)));
                }
            }
        }
        None
    }

    /// The hunk down to a line, as a comment carries it.
    pub fn hunk_to(&self, line: usize, side: Side) -> String {
        for hunk in &self.hunks {
            let number = |shown: &lines::Line| {
                if side == Side::Left {
                    shown.old
                } else {
                    shown.new
                }
            };
            if let Some(at) = hunk
                .lines
                .iter()
                .position(|shown| number(shown) == Some(line))
            {
                return hunk.text(at);
            }
        }
        String::new()
    }
}

/// All that differs between two lists of files, in the order of the paths.
pub fn between(objects: &Objects, old: &Files, new: &Files) -> Vec<Changed> {
    let mut removed: Vec<(&String, &Leaf)> = old
        .iter()
        .filter(|(path, _)| !new.contains_key(*path))
        .collect();
    let mut all = Vec::new();
    let mut exact_first: Vec<(&String, &Leaf)> = new
        .iter()
        .filter(|(path, _)| !old.contains_key(*path))
        .collect();
    exact_first.sort_by_key(|(_, leaf)| !removed.iter().any(|(_, gone)| gone.sha == leaf.sha));
    for (path, leaf) in exact_first {
        let source = origin(objects, &removed, leaf);
        let before = source.map(|at| removed.remove(at));
        all.push(changed(objects, path, before, Some(leaf)));
    }
    all.extend(
        removed
            .into_iter()
            .map(|(path, leaf)| changed(objects, path, Some((path, leaf)), None)),
    );
    for (path, leaf) in new {
        if let Some(before) = old.get(path).filter(|before| *before != leaf) {
            all.push(changed(objects, path, Some((path, before)), Some(leaf)));
        }
    }
    all.sort_by(|a, b| a.path.cmp(&b.path));
    leave_out(&mut all);
    all
}

/// Which removed file an added one was.
fn origin(objects: &Objects, removed: &[(&String, &Leaf)], leaf: &Leaf) -> Option<usize> {
    let likeness = |gone: &Leaf| {
        if gone.sha == leaf.sha {
            return 101;
        }
        match (text(objects, &gone.sha), text(objects, &leaf.sha)) {
            (Some(old), Some(new)) => lines::likeness(&old, &new),
            _ => 0,
        }
    };
    let best = removed
        .iter()
        .enumerate()
        .map(|(at, (_, gone))| (likeness(gone), at));
    best.max_by_key(|(likeness, at)| (*likeness, usize::MAX - at))
        .filter(|best| best.0 >= ALIKE)
        .map(|best| best.1)
}

/// The text of a blob, or none where it is binary.
fn text(objects: &Objects, sha: &str) -> Option<String> {
    let bytes = objects.blobs.get(sha)?;
    let binary = bytes.iter().take(8000).any(|byte| *byte == 0);
    (!binary).then(|| String::from_utf8_lossy(bytes).into_owned())
}

fn changed(
    objects: &Objects,
    path: &str,
    before: Option<(&String, &Leaf)>,
    after: Option<&Leaf>,
) -> Changed {
    let previous = before
        .map(|(previous, _)| previous.clone())
        .filter(|previous| previous != path);
    let status = match (&before, &after) {
        (None, _) => "added",
        (_, None) => "removed",
        _ if previous.is_some() => "renamed",
        _ => "modified",
    };
    let texts = (
        before.map_or(Some(String::new()), |(_, leaf)| text(objects, &leaf.sha)),
        after.map_or(Some(String::new()), |leaf| text(objects, &leaf.sha)),
    );
    let hunks = match &texts {
        (Some(old), Some(new)) => lines::hunks(old, new),
        _ => Vec::new(),
    };
    let count = |sign: char| {
        hunks
            .iter()
            .flat_map(|hunk| &hunk.lines)
            .filter(|line| line.sign == sign)
            .count()
    };
    let patch = lines::patch(&hunks);
    let too_large = patch.len() > FILE_BYTES || patch.lines().count() > FILE_LINES;
    Changed {
        path: path.to_owned(),
        previous,
        status,
        sha: after
            .or(before.map(|(_, leaf)| leaf))
            .map(|leaf| leaf.sha.clone())
            .unwrap_or_default(),
        additions: count('+'),
        deletions: count('-'),
        // source: RefactoringMiner#1108: no `patch` for binary files, bare renames and what is too large
        patch: (!hunks.is_empty() && !too_large).then_some(patch),
        hunks,
    }
}

/// Leaves out the patches that go beyond what GitHub shows of one diff.
fn leave_out(all: &mut [Changed]) {
    let (mut lines, mut bytes) = (0, 0);
    for one in all {
        let Some(patch) = &one.patch else { continue };
        lines += patch.lines().count();
        bytes += patch.len();
        if lines > ALL_LINES || bytes > ALL_BYTES {
            one.patch = None;
        }
    }
}
