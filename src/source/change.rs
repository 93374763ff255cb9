//! A change: its diff and the code on both sides, completed from one another.
//!
//! Callers hand in what they can read. The diff turns either side of a file into the other, a
//! file that the diff does not name is the same on both, and where neither side of a file is at
//! hand its hunks stand for it.

use std::collections::{BTreeMap, BTreeSet};

use super::diff::{Diff, FileDiff, Side};
use super::fragments::{Fragment, fragment, shows_code};
use super::paths::{self, UnitId};
use super::{Language, SourceFile, between};

/// Two states of some units and the diff between them.
#[derive(Clone, Debug, Default)]
pub struct Change {
    /// What the change does.
    pub diff: Diff,
    /// Before it.
    pub base: State,
    /// After it.
    pub head: State,
    /// Files whose other side could not be made, with the reason: what they hold counts as
    /// introduced where it touches an added line.
    pub one_sided: BTreeMap<String, String>,
    /// Files of the diff of which no code is at hand, with the reason.
    pub unread: BTreeMap<String, String>,
}

/// The code of one side.
#[derive(Clone, Debug, Default)]
pub struct State {
    /// The files, by path.
    pub files: BTreeMap<String, SourceFile>,
    /// Those that are fragments, by path.
    pub fragments: BTreeMap<String, Fragment>,
}

impl State {
    fn of(files: Vec<SourceFile>) -> State {
        State {
            files: files
                .into_iter()
                .map(|file| (file.path.clone(), file))
                .collect(),
            fragments: BTreeMap::new(),
        }
    }

    fn text(&self, path: Option<&str>) -> Option<&str> {
        self.files.get(path?).map(|file| file.text.as_str())
    }

    fn add(&mut self, path: &str, language: Language, text: String) {
        let file = SourceFile {
            path: path.to_owned(),
            language,
            text,
        };
        self.files.insert(path.to_owned(), file);
    }
}

impl Change {
    /// A change from its diff and the files that could be read on either side. All files of the
    /// units that the diff touches (see [`touched`]) are wanted; none is needed.
    pub fn new(diff: Diff, base: Vec<SourceFile>, head: Vec<SourceFile>) -> Change {
        let mut change = Change {
            diff: Diff::default(),
            base: State::of(base),
            head: State::of(head),
            one_sided: BTreeMap::new(),
            unread: BTreeMap::new(),
        };
        let mut named = BTreeSet::new();
        change.diff.problems = diff.problems;
        for file in diff.files {
            named.extend(
                [&file.old_path, &file.new_path]
                    .into_iter()
                    .flatten()
                    .cloned(),
            );
            let file = change.complete(file);
            change.diff.files.push(file);
        }
        copy_missing(&change.head, &mut change.base, &named);
        copy_missing(&change.base, &mut change.head, &named);
        change
    }

    /// Makes the missing side of a file; gives the file back, with hunks where it had none.
    fn complete(&mut self, file: FileDiff) -> FileDiff {
        let path = file
            .new_path
            .as_deref()
            .or(file.old_path.as_deref())
            .unwrap_or("");
        let Some(language) = Language::of_path(path).filter(|_| !file.binary) else {
            return file;
        };
        let base = side_text(&self.base, file.old_path.as_deref());
        let head = side_text(&self.head, file.new_path.as_deref());
        match (base, head) {
            (Some(base), Some(head)) => {
                let (old, new) = (base.into_owned(), head.into_owned());
                if file.hunks().is_empty() && old != new {
                    let hunks = between::between(path, &old, &new, 3).hunks().to_vec();
                    return FileDiff::new(file.old_path, file.new_path, file.fate, hunks);
                }
                self.add_missing(&file, language, old, new);
            }
            (Some(base), None) => match file.other_side(&base, Side::Base) {
                Some(head) => self.add_missing(&file, language, base.into_owned(), head),
                None => self.add_fragments(&file, language),
            },
            (None, Some(head)) => match file.other_side(&head, Side::Head) {
                Some(base) => self.add_missing(&file, language, base, head.into_owned()),
                None => {
                    let reason = "the diff does not fit the file; judged by the added lines alone";
                    self.one_sided.insert(path.to_owned(), reason.to_owned());
                }
            },
            (None, None) => self.add_fragments(&file, language),
        }
        file
    }

    fn add_missing(&mut self, file: &FileDiff, language: Language, base: String, head: String) {
        for (state, path, text) in [
            (&mut self.base, &file.old_path, base),
            (&mut self.head, &file.new_path, head),
        ] {
            if let Some(path) = path
                && state.text(Some(path)).is_none()
            {
                state.add(path, language, text);
            }
        }
    }

    fn add_fragments(&mut self, file: &FileDiff, language: Language) {
        for (state, path, side) in [
            (&mut self.base, &file.old_path, Side::Base),
            (&mut self.head, &file.new_path, Side::Head),
        ] {
            let Some(path) = path else { continue };
            if !shows_code(file, side) {
                continue;
            }
            let made = fragment(file, side);
            state.add(path, language, made.text.clone());
            state.fragments.insert(path.clone(), made);
        }
        let nothing = !shows_code(file, Side::Base) && !shows_code(file, Side::Head);
        if let Some(path) = file
            .new_path
            .as_ref()
            .or(file.old_path.as_ref())
            .filter(|_| nothing)
        {
            self.unread.insert(
                path.clone(),
                "the diff shows no lines of it and its text was not given".to_owned(),
            );
        }
    }
}

/// The text of one side; a side on which the file does not exist is empty.
fn side_text<'s>(state: &'s State, path: Option<&str>) -> Option<std::borrow::Cow<'s, str>> {
    match path {
        None => Some("".into()),
        Some(_) => state.text(path).map(Into::into),
    }
}

/// Copies files that the diff does not name to the side that lacks them.
fn copy_missing(from: &State, to: &mut State, named: &BTreeSet<String>) {
    for (path, file) in &from.files {
        if !named.contains(path) && !to.files.contains_key(path) {
            to.files.insert(path.clone(), file.clone());
        }
    }
}

/// The units that a diff touches on either side: what a caller should read whole.
pub fn touched(diff: &Diff) -> BTreeSet<UnitId> {
    diff.files
        .iter()
        .flat_map(|file| [file.old_path.as_deref(), file.new_path.as_deref()])
        .flatten()
        .filter(|path| Language::of_path(path).is_some())
        .map(paths::unit_of)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::patch;

    const DIFF: &str =
        "--- a/p/x.go\n+++ b/p/x.go\n@@ -1,2 +1,2 @@\n package p\n-var a = 1\n+var a = 2\n";

    fn file(path: &str, text: &str) -> SourceFile {
        SourceFile::new(path, Language::Go, text.as_bytes().to_vec())
    }

    #[test]
    fn either_side_is_made_from_the_other() {
        let head = Change::new(
            patch::read(DIFF),
            vec![file("p/x.go", "package p\nvar a = 1\n")],
            vec![],
        );
        assert_eq!(
            head.head.text(Some("p/x.go")),
            Some("package p\nvar a = 2\n")
        );
        let base = Change::new(
            patch::read(DIFF),
            vec![],
            vec![
                file("p/x.go", "package p\nvar a = 2\n"),
                file("p/y.go", "package p\n"),
            ],
        );
        assert_eq!(
            base.base.text(Some("p/x.go")),
            Some("package p\nvar a = 1\n")
        );
        assert_eq!(base.base.text(Some("p/y.go")), Some("package p\n"));
        assert!(base.head.fragments.is_empty());
    }

    #[test]
    fn without_either_side_there_are_fragments() {
        let change = Change::new(patch::read(DIFF), vec![], vec![]);
        assert_eq!(
            change.head.text(Some("p/x.go")),
            Some("package p\nvar a = 2\n")
        );
        assert_eq!(change.head.fragments["p/x.go"].lines, [1, 2]);
    }

    #[test]
    fn a_new_file_is_whole_and_new() {
        let diff = "diff --git a/p/n.go b/p/n.go\nnew file mode 100644\n--- /dev/null\n+++ b/p/n.go\n@@ -0,0 +1,2 @@\n+package p\n+var b = 1\n";
        let change = Change::new(patch::read(diff), vec![], vec![]);
        assert_eq!(
            change.head.text(Some("p/n.go")),
            Some("package p\nvar b = 1\n")
        );
        assert!(change.base.files.is_empty() && change.head.fragments.is_empty());
    }

    #[test]
    fn a_file_that_does_not_fit_its_diff_is_one_sided() {
        let change = Change::new(
            patch::read(DIFF),
            vec![],
            vec![file("p/x.go", "package q\n")],
        );
        assert!(change.one_sided.contains_key("p/x.go"));
    }

    #[test]
    fn omitted_hunks_are_made_from_both_sides() {
        let diff = "diff --git a/p/x.go b/p/x.go\nindex 1..2 100644\n";
        let change = Change::new(
            patch::read(diff),
            vec![file("p/x.go", "a\nb\n")],
            vec![file("p/x.go", "a\nc\n")],
        );
        assert_eq!(change.diff.files[0].added(), [2]);
    }
}
