//! A diff: which lines a change adds, removes and shows, on both sides.
//!
//! Only the value and its look-ups are here; text becomes a diff in [`patch`](super::patch).
//! Line numbers are 1-based; "old" is the base, "new" is the head.

use std::collections::HashMap;
use std::fmt;

/// What a unified diff says, and what of it could not be read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Diff {
    /// The files, in the order of the diff.
    pub files: Vec<FileDiff>,
    /// What could not be read; everything else was.
    pub problems: Vec<Problem>,
}

impl Diff {
    /// The files that exist after the change, by their path there.
    pub fn by_head(&self) -> HashMap<&str, &FileDiff> {
        let files = self.files.iter();
        files
            .filter_map(|file| Some((file.new_path.as_deref()?, file)))
            .collect()
    }

    /// The files that existed before the change, by their path there.
    pub fn by_base(&self) -> HashMap<&str, &FileDiff> {
        let files = self.files.iter();
        files
            .filter_map(|file| Some((file.old_path.as_deref()?, file)))
            .collect()
    }
}

/// A part of a diff that could not be read as it claims to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// 1-based line of the diff's text.
    pub line: u32,
    /// What is wrong there, lower case, no final dot.
    pub message: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {} of the diff: {}", self.line, self.message)
    }
}

/// What happened to a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Fate {
    /// It is new.
    Added,
    /// It is gone.
    Deleted,
    /// It was changed in place, in its lines or its mode.
    Modified,
    /// It has a new path.
    Renamed,
    /// It is a copy of another file, which stays.
    Copied,
}

/// The part of a diff that is about one file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileDiff {
    /// Path in the base; `None` when the file is new.
    pub old_path: Option<String>,
    /// Path in the head; `None` when the file is gone.
    pub new_path: Option<String>,
    /// What happened to it.
    pub fate: Fate,
    /// Whether the content is binary, so that no lines are shown.
    pub binary: bool,
    hunks: Vec<Hunk>,
    added: Vec<u32>,
    shown: Vec<u32>,
    removed: Vec<u32>,
}

/// A run of lines that a diff shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hunk {
    /// First line of the base that it is about, also when it shows none of the base.
    pub old_start: u32,
    /// How many lines of the base it shows.
    pub old_count: u32,
    /// First line of the head that it is about, also when it shows none of the head.
    pub new_start: u32,
    /// How many lines of the head it shows.
    pub new_count: u32,
    /// The text after the second `@@`: the function that the hunk stands in, as git guesses it.
    pub heading: String,
    /// Its lines.
    pub lines: Vec<Line>,
}

/// What a line of a hunk is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// On both sides.
    Context,
    /// In the head only.
    Added,
    /// In the base only.
    Removed,
}

/// A line of a hunk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// What it is.
    pub kind: Kind,
    /// Its number in the base; for added lines, that of the line that follows.
    pub old: u32,
    /// Its number in the head; for removed lines, that of the line that follows.
    pub new: u32,
    /// Its text without the mark and without the line end.
    pub text: String,
}

impl Line {
    /// Whether it stands before this line of the base. True for a first part of a hunk's lines.
    fn before_old(&self, old: u32) -> bool {
        self.old < old || self.kind == Kind::Added && self.old == old
    }

    /// Whether it stands before this line of the head. True for a first part of a hunk's lines.
    fn before_new(&self, new: u32) -> bool {
        self.new < new || self.kind == Kind::Removed && self.new == new
    }
}

impl FileDiff {
    /// A file's diff from its hunks, which must be in order and not overlap.
    pub fn new(
        old_path: Option<String>,
        new_path: Option<String>,
        fate: Fate,
        hunks: Vec<Hunk>,
    ) -> FileDiff {
        let numbers = |wanted: &dyn Fn(&Line) -> Option<u32>| -> Vec<u32> {
            hunks
                .iter()
                .flat_map(|hunk| &hunk.lines)
                .filter_map(wanted)
                .collect()
        };
        FileDiff {
            added: numbers(&|line| (line.kind == Kind::Added).then_some(line.new)),
            shown: numbers(&|line| (line.kind != Kind::Removed).then_some(line.new)),
            removed: numbers(&|line| (line.kind == Kind::Removed).then_some(line.old)),
            old_path,
            new_path,
            fate,
            binary: false,
            hunks,
        }
    }

    /// The hunks, in order.
    pub fn hunks(&self) -> &[Hunk] {
        &self.hunks
    }

    /// The lines that the change adds, by their number in the head, ascending.
    pub fn added(&self) -> &[u32] {
        &self.added
    }

    /// The lines that the change removes, by their number in the base, ascending.
    pub fn removed(&self) -> &[u32] {
        &self.removed
    }

    /// The removed lines with their text, in order.
    pub fn removed_lines(&self) -> impl Iterator<Item = &Line> {
        self.hunks
            .iter()
            .flat_map(|hunk| &hunk.lines)
            .filter(|line| line.kind == Kind::Removed)
    }

    /// Whether the change adds this line of the head.
    pub fn is_added(&self, line: u32) -> bool {
        self.added.binary_search(&line).is_ok()
    }

    /// Whether the diff shows this line of the head, so that a comment can stand on it.
    pub fn is_shown(&self, line: u32) -> bool {
        self.shown.binary_search(&line).is_ok()
    }

    /// The line of the head nearest to `line` that the diff shows; the later one of two equally
    /// near. `None` when the diff shows no line of the head.
    pub fn nearest_shown(&self, line: u32) -> Option<u32> {
        let at = self.shown.partition_point(|&shown| shown < line);
        let after = self.shown.get(at).copied();
        let before = at.checked_sub(1).map(|at| self.shown[at]);
        match (before, after) {
            (Some(before), Some(after)) if line - before < after - line => Some(before),
            (before, after) => after.or(before),
        }
    }

    /// Where a line of the base stands in the head; `None` when the change removes it.
    pub fn to_new(&self, old: u32) -> Option<u32> {
        if self.removed.binary_search(&old).is_ok() {
            return None;
        }
        let Some(hunk) = self.last_hunk(|hunk| hunk.old_start, old) else {
            return Some(old);
        };
        if old < hunk.old_start + hunk.old_count {
            let at = hunk.lines.partition_point(|line| line.before_old(old));
            return hunk.lines.get(at).map(|line| line.new);
        }
        Some(old - (hunk.old_start + hunk.old_count) + hunk.new_start + hunk.new_count)
    }

    /// Where a line of the head stands in the base; `None` when the change adds it.
    pub fn to_old(&self, new: u32) -> Option<u32> {
        if self.is_added(new) {
            return None;
        }
        let Some(hunk) = self.last_hunk(|hunk| hunk.new_start, new) else {
            return Some(new);
        };
        if new < hunk.new_start + hunk.new_count {
            let at = hunk.lines.partition_point(|line| line.before_new(new));
            return hunk.lines.get(at).map(|line| line.old);
        }
        Some(new - (hunk.new_start + hunk.new_count) + hunk.old_start + hunk.old_count)
    }

    /// The place in the head at which a line of the base stands or, when it is removed, stood:
    /// the line that took its place.
    pub fn place_in_new(&self, old: u32) -> u32 {
        if let Some(new) = self.to_new(old) {
            return new;
        }
        self.last_hunk(|hunk| hunk.old_start, old)
            .and_then(|hunk| {
                hunk.lines
                    .get(hunk.lines.partition_point(|line| line.before_old(old)))
            })
            .map_or(old, |line| line.new)
    }

    fn last_hunk(&self, start: impl Fn(&Hunk) -> u32, line: u32) -> Option<&Hunk> {
        let at = self.hunks.partition_point(|hunk| start(hunk) <= line);
        at.checked_sub(1).map(|at| &self.hunks[at])
    }

    /// The base's text from the head's, or the head's from the base's. `None` when the given
    /// text is not what the diff speaks of.
    ///
    /// `\r` before a line end is not compared, since tools differ in keeping it.
    pub fn other_side(&self, text: &str, given: Side) -> Option<String> {
        let lines: Vec<&str> = text.split_inclusive('\n').collect();
        let mut out = String::with_capacity(text.len());
        let mut next = 0;
        for hunk in &self.hunks {
            let start = match given {
                Side::Base => hunk.old_start,
                Side::Head => hunk.new_start,
            };
            let start = (start as usize).checked_sub(1)?;
            out.extend(lines.get(next..start)?.iter().copied());
            next = start;
            for line in &hunk.lines {
                if line.kind.is_on(given) {
                    let there = lines.get(next)?;
                    if there.trim_end_matches(['\n', '\r']) != line.text.trim_end_matches('\r') {
                        return None;
                    }
                    next += 1;
                    if line.kind == Kind::Context {
                        out.push_str(there);
                    }
                } else {
                    out.push_str(&line.text);
                    out.push('\n');
                }
            }
        }
        out.extend(lines.get(next..)?.iter().copied());
        Some(out)
    }
}

impl Kind {
    /// Whether lines of this kind stand on that side.
    pub fn is_on(self, side: Side) -> bool {
        match self {
            Kind::Context => true,
            Kind::Added => side == Side::Head,
            Kind::Removed => side == Side::Base,
        }
    }
}

/// One of the two states of a change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Side {
    /// Before the change.
    Base,
    /// After it.
    Head,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::between;

    const BASE: &str = "a\nb\nc\nd\ne\nf\ng\nh\n";
    const HEAD: &str = "a\nB\nB2\nc\nd\nf\ng\nh\ni\n";

    fn sample() -> FileDiff {
        between::between("x.go", BASE, HEAD, 1)
    }

    #[test]
    fn lines_map_both_ways() {
        let file = sample();
        for (old, new) in [(1, 1), (3, 4), (4, 5), (6, 6), (7, 7), (8, 8)] {
            assert_eq!(file.to_new(old), Some(new), "old {old}");
            assert_eq!(file.to_old(new), Some(old), "new {new}");
        }
        assert_eq!(file.to_new(2), None);
        assert_eq!(file.to_new(5), None);
        assert_eq!(file.to_old(2), None);
        assert_eq!(file.to_old(9), None);
        assert_eq!(file.added(), [2, 3, 9]);
        assert_eq!(file.removed(), [2, 5]);
    }

    #[test]
    fn a_removed_line_has_a_place_in_the_head() {
        assert_eq!(sample().place_in_new(5), 6);
        assert_eq!(sample().place_in_new(6), 6);
    }

    #[test]
    fn comments_stand_on_shown_lines_only() {
        let file = between::between(
            "x.go",
            &"l\n".repeat(50),
            &format!("{}new\n{}", "l\n".repeat(20), "l\n".repeat(30)),
            2,
        );
        let shown: Vec<u32> = (1..60).filter(|&line| file.is_shown(line)).collect();
        assert!(shown.len() <= 5);
        for line in 1..60 {
            let near = file.nearest_shown(line);
            assert!(near.is_some_and(|near| file.is_shown(near)));
        }
        assert_eq!(file.nearest_shown(1), shown.first().copied());
        assert_eq!(file.nearest_shown(u32::MAX), shown.last().copied());
    }

    #[test]
    fn either_side_gives_the_other() {
        let file = sample();
        assert_eq!(file.other_side(BASE, Side::Base).as_deref(), Some(HEAD));
        assert_eq!(file.other_side(HEAD, Side::Head).as_deref(), Some(BASE));
        assert_eq!(file.other_side("something\nelse\n", Side::Head), None);
    }
}
