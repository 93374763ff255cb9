//! `review`: a range of a repository, its work tree, or a diff with what is known of its files.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::bail;

use super::args::{Colour, Review};
use super::check::{options, read_named};
use super::git::{Changed, Git, Objects, Side};
use super::{finish, renames, settings, terminal, tree};
use crate::review::change;
use crate::review::outcome::Skipped;
use crate::source::change::{Change, touched};
use crate::source::diff::{Diff, Fate, FileDiff};
use crate::source::{self, Language, SourceFile, between, patch, paths};

/// The largest diff that is read, in bytes.
const LARGEST_DIFF: usize = 256 << 20;
/// Lines of context around what differs.
const CONTEXT: usize = 3;

/// Runs the command.
pub fn run(review: &Review, colour: Colour) -> anyhow::Result<ExitCode> {
    match &review.diff {
        Some(diff) => of_diff(review, diff, colour),
        None => of_repository(review, colour),
    }
}

fn of_diff(review: &Review, diff: &Path, colour: Colour) -> anyhow::Result<ExitCode> {
    for directory in [&review.before, &review.after].into_iter().flatten() {
        if !directory.is_dir() {
            bail!("{} is no directory", directory.display());
        }
    }
    let near = review.after.as_ref().or(review.before.as_ref());
    let near = near.cloned().unwrap_or_else(|| PathBuf::from("."));
    let force = settings::load(&review.how.choice, &[near])?;
    let text = source::decode(read_named(diff, LARGEST_DIFF)?);
    let diff = patch::read(&text);
    if diff.files.is_empty() && !text.trim().is_empty() {
        let problem = diff
            .problems
            .first()
            .map_or(String::new(), |problem| format!(": {problem}"));
        bail!("this is no unified diff{problem}; code is reviewed with `highwater check -`");
    }
    let limit = force.limits.bytes;
    let mut skipped = Vec::new();
    let (mut base, mut head) = (Vec::new(), Vec::new());
    for (side, directory) in [(&mut base, &review.before), (&mut head, &review.after)] {
        if let Some(directory) = directory {
            beside(&diff, directory, limit, side, &mut skipped);
        }
    }
    let change = Change::new(diff, base, head);
    let ends = Ends {
        title: "A diff".to_owned(),
        base: "before".to_owned(),
        head: "after".to_owned(),
        top: review.after.clone().unwrap_or_default(),
    };
    print(change, skipped, review, &force, (colour, ends))
}

/// The files of the units that a diff touches. Links are not followed: the directory may
/// be the checkout of a stranger's branch.
fn beside(
    diff: &Diff,
    root: &Path,
    limit: usize,
    files: &mut Vec<SourceFile>,
    skipped: &mut Vec<Skipped>,
) {
    let Ok(root) = root.canonicalize() else {
        return;
    };
    for unit in touched(diff) {
        let (place, is_deep) = unit.place();
        let mut waiting = vec![place.to_owned()];
        while let Some(place) = waiting.pop() {
            for (path, entry) in entries_of(&root, &place) {
                let kind = entry.file_type();
                if is_deep && kind.as_ref().is_ok_and(fs::FileType::is_dir) {
                    waiting.push(path);
                    continue;
                }
                let Some(language) = Language::of_path(&path) else {
                    continue;
                };
                if paths::unit_of(&path) != unit || !kind.is_ok_and(|kind| kind.is_file()) {
                    continue;
                }
                match tree::read(&entry.path(), limit) {
                    Ok(bytes) => files.push(SourceFile::new(path, language, bytes)),
                    Err(reason) => skipped.push(Skipped { path, reason }),
                }
            }
        }
    }
}

/// What stands in a directory below a root, unless a link leads out of it.
fn entries_of(root: &Path, place: &str) -> Vec<(String, fs::DirEntry)> {
    let directory = root.join(place);
    let is_inside = directory.canonicalize().is_ok_and(|real| real == directory);
    let entries = is_inside.then(|| fs::read_dir(&directory).ok()).flatten();
    entries
        .into_iter()
        .flatten()
        .flatten()
        .map(|entry| {
            let name = entry.file_name().to_string_lossy().into_owned();
            let path = match place {
                "" => name,
                place => format!("{place}/{name}"),
            };
            (path, entry)
        })
        .collect()
}

fn of_repository(review: &Review, colour: Colour) -> anyhow::Result<ExitCode> {
    let git = Git::open(Path::new("."))?;
    let (base, head) = range(&git, review)?;
    let force = settings::load(&review.how.choice, std::slice::from_ref(&git.top))?;
    let (change, skipped) = compared(&git, &base, head.as_deref(), force.limits.bytes)?;
    let is_empty = change.diff.files.is_empty() && skipped.is_empty();
    if is_empty && review.base.is_none() && review.head.is_none() {
        terminal::tell(
            "no Go or Rust file differs from the last commit; compare with another one by --base REV",
        );
    }
    let ends = Ends {
        title: format!(
            "The change since {}",
            review.base.as_deref().unwrap_or("the last commit")
        ),
        head: head.unwrap_or_else(|| "the work tree".to_owned()),
        base,
        top: git.top.clone(),
    };
    print(change, skipped, review, &force, (colour, ends))
}

/// What differs between a commit and another, or the work tree, and what could not be read.
pub fn compared(
    git: &Git,
    base: &str,
    head: Option<&str>,
    limit: usize,
) -> anyhow::Result<(Change, Vec<Skipped>)> {
    let mut states = States {
        objects: git.objects()?,
        git,
        limit,
        unread: BTreeMap::new(),
        skipped: Vec::new(),
    };
    let changed = git.changed(base, head)?;
    let change = states.change(base, changed)?;
    Ok((change, states.skipped))
}

/// The commit before and the one after; `None` for the work tree.
fn range(git: &Git, review: &Review) -> anyhow::Result<(String, Option<String>)> {
    let spec = review.base.as_deref().unwrap_or("");
    let (base, head, from_parting) = match spec.split_once("..") {
        Some(_) if review.head.is_some() => {
            bail!("--base {spec} names both ends; leave out --head")
        }
        Some((base, rest)) => {
            let head = rest.strip_prefix('.');
            (base, Some(head.unwrap_or(rest)), head.is_some())
        }
        None => (spec, review.head.as_deref(), true),
    };
    let or_head = |name: &str| {
        if name.is_empty() {
            "HEAD".to_owned()
        } else {
            name.to_owned()
        }
    };
    let head = head.map(|head| git.commit(&or_head(head))).transpose()?;
    if review.base.is_none() && head.is_none() {
        return Ok((git.head_or_nothing()?, None));
    }
    let base = match (&review.base, &head) {
        // A single commit is compared with the one before it.
        (None, Some(head)) => git.commit(&format!("{head}^")).or_else(|_| git.nothing())?,
        _ => git.commit(&or_head(base))?,
    };
    if !from_parting {
        return Ok((base, head));
    }
    let tip = match &head {
        Some(head) => head.clone(),
        None => git.head_or_nothing()?,
    };
    Ok((git.merge_base(&base, &tip).unwrap_or(base), head))
}

/// Reads both states of what differs.
struct States<'g> {
    git: &'g Git,
    objects: Objects,
    limit: usize,
    unread: BTreeMap<String, String>,
    skipped: Vec<Skipped>,
}

/// The text on one side; `None` when there is no such file or it cannot be had.
type Text = Option<String>;

impl States<'_> {
    fn change(
        &mut self,
        base: &str,
        changed: BTreeMap<Vec<u8>, Changed>,
    ) -> anyhow::Result<Change> {
        let mut texts: BTreeMap<String, (Text, Text)> = BTreeMap::new();
        for (path, one) in changed {
            let Ok(path) = String::from_utf8(path) else {
                continue;
            };
            let before = self.text(&path, &one.base);
            let after = self
                .text(&path, &one.head)
                .map(|after| like(before.as_deref(), after));
            let differs = before != after || self.unread.contains_key(&path);
            if differs {
                texts.insert(path, (before, after));
            }
        }
        let diff = Diff {
            files: renames::paired(texts.iter().map(|(path, (before, after))| {
                (path.as_str(), before.as_deref(), after.as_deref())
            }))
            .into_iter()
            .map(|pair| file_diff(&texts, &pair, &self.unread))
            .collect(),
            problems: Vec::new(),
        };
        let (mut before, mut after) = (Vec::new(), Vec::new());
        for (path, (old, new)) in &texts {
            let Some(language) = Language::of_path(path) else {
                continue;
            };
            for (files, text) in [(&mut before, old), (&mut after, new)] {
                if let Some(text) = text {
                    files.push(SourceFile::new(
                        path.as_str(),
                        language,
                        text.clone().into_bytes(),
                    ));
                }
            }
        }
        self.siblings(base, &diff, &texts, &mut before)?;
        let mut change = Change::new(diff, before, after);
        change.unread.append(&mut self.unread);
        Ok(change)
    }

    fn text(&mut self, path: &str, side: &Side) -> Text {
        let bytes = match side {
            Side::Nothing => return None,
            Side::NoFile => Err("symbolic link; not followed".to_owned()),
            Side::Object(object) => self.objects.read(object, self.limit),
            Side::WorkTree => {
                let place = self.git.top.join(path);
                match fs::symlink_metadata(&place) {
                    Ok(metadata) if metadata.is_symlink() => {
                        Err("symbolic link; not followed".to_owned())
                    }
                    _ => tree::read(&place, self.limit),
                }
            }
        };
        match bytes {
            Ok(bytes) => Some(source::decode(bytes)),
            Err(reason) => {
                self.unread.insert(path.to_owned(), reason);
                None
            }
        }
    }

    /// The unchanged files of the touched units; they are the same on both sides.
    fn siblings(
        &mut self,
        base: &str,
        diff: &Diff,
        changed: &BTreeMap<String, (Text, Text)>,
        files: &mut Vec<SourceFile>,
    ) -> anyhow::Result<()> {
        let units = touched(diff);
        for (path, object) in self.git.beside(base, &units)? {
            let Ok(path) = String::from_utf8(path) else {
                continue;
            };
            let Some(language) = Language::of_path(&path) else {
                continue;
            };
            if changed.contains_key(&path) || !units.contains(&paths::unit_of(&path)) {
                continue;
            }
            match self.objects.read(&object, self.limit) {
                Ok(bytes) => files.push(SourceFile::new(path, language, bytes)),
                Err(reason) => self.skipped.push(Skipped { path, reason }),
            }
        }
        Ok(())
    }
}

fn file_diff(
    texts: &BTreeMap<String, (Text, Text)>,
    pair: &renames::Pair,
    unread: &BTreeMap<String, String>,
) -> FileDiff {
    let before = pair
        .old
        .as_ref()
        .and_then(|path| texts.get(path)?.0.as_deref());
    let after = pair
        .new
        .as_ref()
        .and_then(|path| texts.get(path)?.1.as_deref());
    let name = pair
        .new
        .as_ref()
        .or(pair.old.as_ref())
        .map_or("", String::as_str);
    if unread.contains_key(name) {
        let path = Some(name.to_owned());
        return FileDiff::new(path.clone(), path, Fate::Modified, Vec::new());
    }
    let fate = match (&pair.old, &pair.new) {
        (None, _) => Fate::Added,
        (_, None) => Fate::Deleted,
        (Some(old), Some(new)) if old != new => Fate::Renamed,
        _ => Fate::Modified,
    };
    let hunks = between::between(name, before.unwrap_or(""), after.unwrap_or(""), CONTEXT);
    FileDiff::new(
        pair.old.clone(),
        pair.new.clone(),
        fate,
        hunks.hunks().to_vec(),
    )
}

/// The text of the work tree with the line ends of the base: git may write others on checkout.
fn like(before: Option<&str>, after: String) -> String {
    let converted = before.is_some_and(|before| !before.contains('\r')) && after.contains("\r\n");
    if converted {
        after.replace("\r\n", "\n")
    } else {
        after
    }
}

/// What is compared, for whoever is shown it on a page.
#[cfg_attr(
    not(feature = "server"),
    expect(dead_code, reason = "there are no pages")
)]
pub struct Ends {
    /// What is shown as its title.
    pub title: String,
    /// The state before.
    pub base: String,
    /// The state after.
    pub head: String,
    /// The directory that it is a change of.
    pub top: PathBuf,
}

fn print(
    change: Change,
    skipped: Vec<Skipped>,
    review: &Review,
    force: &settings::InForce,
    (colour, ends): (Colour, Ends),
) -> anyhow::Result<ExitCode> {
    let options = options(&review.how, force);
    let mut outcome = change::review(&change, &options);
    outcome.skipped.extend(skipped);
    outcome.skipped.sort();
    outcome.skipped.dedup();
    #[cfg(feature = "server")]
    if review.open {
        let outcome = outcome.at_least(force.settings.min_confidence);
        return super::open::run(change, &outcome, ends);
    }
    #[cfg(not(feature = "server"))]
    drop(ends);
    finish(outcome, &review.how, force, colour, &|path| {
        whole_file(&change, path)
    })
}

/// The text of a file after the change, where all of it is at hand.
pub fn whole_file(change: &Change, path: &str) -> Option<String> {
    let is_whole = !change.head.fragments.contains_key(path);
    let file = change.head.files.get(path).filter(|_| is_whole)?;
    Some(file.text.clone())
}
