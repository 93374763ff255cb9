//! Walks trees as git would see them, and reads files within their limits.
//!
//! Symbolic links are never followed: what a tree of strangers points to is not in the tree.

use std::collections::{BTreeMap, HashMap};
use std::fs::{self, File, Metadata};
use std::io::Read;
use std::path::{Component, Path, PathBuf};
use std::sync::{Arc, Mutex};

use anyhow::{Context, bail};
use ignore::{DirEntry, WalkBuilder};

use super::settings::InForce;
use crate::review::config::{FILE_NAME, Settings};
use crate::review::outcome::Skipped;
use crate::review::run::UnitFiles;
use crate::source::Language;
use crate::source::limits::Cut;
use crate::source::paths::{self, Skip, UnitId};

/// What there is to review under some paths.
#[derive(Debug, Default)]
pub struct Tree {
    /// Files that are analysed together.
    pub units: Vec<UnitFiles>,
    /// What is left out.
    pub skipped: Vec<Skipped>,
    /// How many files there are.
    pub files: usize,
    /// Where files are whose name is shown otherwise than it is.
    odd: HashMap<String, PathBuf>,
}

impl Tree {
    /// Walks all paths. One that does not exist is an error; what is met on the way and cannot be
    /// read is listed.
    pub fn walk(roots: &[PathBuf], force: &InForce, generated: bool) -> anyhow::Result<Tree> {
        let mut walk = Walk {
            tree: Tree::default(),
            units: BTreeMap::new(),
            settings: &force.settings,
            settings_root: force
                .root
                .as_ref()
                .and_then(|root| root.canonicalize().ok()),
            generated,
        };
        for root in roots {
            walk.root(root)?;
        }
        let mut tree = walk.tree;
        tree.units = walk.units.into_values().collect();
        for unit in &mut tree.units {
            unit.paths.sort();
            unit.paths.dedup();
            tree.files += unit.paths.len();
        }
        Ok(tree)
    }

    /// Where a file is, from the path that is shown.
    pub fn place(&self, shown: &str) -> PathBuf {
        self.odd
            .get(shown)
            .cloned()
            .unwrap_or_else(|| PathBuf::from(shown))
    }
}

struct Walk<'s> {
    tree: Tree,
    units: BTreeMap<UnitId, UnitFiles>,
    settings: &'s Settings,
    settings_root: Option<PathBuf>,
    generated: bool,
}

impl Walk<'_> {
    fn root(&mut self, root: &Path) -> anyhow::Result<()> {
        let metadata =
            fs::metadata(root).with_context(|| format!("cannot read {}", root.display()))?;
        let below = self.below_settings(root);
        if metadata.is_dir() {
            return self.directory(root, &below);
        }
        let shown = shown(root);
        if !metadata.is_file() {
            bail!(
                "{shown} is neither a file nor a directory; code from a pipe is read with `highwater check -`"
            );
        }
        if Language::of_path(&shown).is_none() {
            self.skip(
                root,
                "in no language that is reviewed (Go files end in .go, Rust files in .rs)",
            );
            return Ok(());
        }
        File::open(root).with_context(|| format!("cannot read {}", root.display()))?;
        self.file(root, paths::split(&shown).1, &below);
        Ok(())
    }

    fn directory(&mut self, root: &Path, below: &Path) -> anyhow::Result<()> {
        fs::read_dir(root).with_context(|| format!("cannot read {}", root.display()))?;
        let left_out: Arc<Mutex<Vec<(PathBuf, Skip)>>> = Arc::default();
        let noted = Arc::clone(&left_out);
        let mut walk = WalkBuilder::new(root);
        walk.ignore(false)
            .follow_links(false)
            .filter_entry(move |entry| {
                let Some(skip) = left_out_directory(entry) else {
                    return true;
                };
                if let Ok(mut noted) = noted.lock() {
                    noted.push((entry.path().to_owned(), skip));
                }
                false
            });
        for entry in walk.build() {
            match entry {
                Ok(entry) => self.entry(&entry, root, below),
                Err(error) => {
                    let path = path_of(&error).unwrap_or(root).to_owned();
                    self.skip(&path, &format!("cannot be read: {}", cause_of(&error)));
                }
            }
        }
        let left_out = left_out.lock().map(|mut noted| std::mem::take(&mut *noted));
        for (path, skip) in left_out.unwrap_or_default() {
            self.skip(&path, skip.reason());
        }
        Ok(())
    }

    fn entry(&mut self, entry: &DirEntry, root: &Path, below: &Path) {
        let path = entry.path();
        let name = entry.file_name().to_string_lossy();
        let is_code = Language::of_path(&name).is_some();
        // The root itself may be a link: whoever named it meant what it points to.
        if entry.depth() == 0 {
            return;
        }
        if entry.path_is_symlink() {
            if let Some(reason) = link_reason(path, is_code) {
                self.skip(path, reason);
            }
            return;
        }
        let Some(kind) = entry.file_type().filter(|_| is_code) else {
            return;
        };
        if kind.is_file() {
            let inside = path.strip_prefix(root).unwrap_or(path);
            self.file(path, &name, &below.join(inside));
        } else if !kind.is_dir() {
            self.skip(path, "not a regular file");
        }
    }

    fn file(&mut self, path: &Path, name: &str, below: &Path) {
        let by_name = paths::skip_file(name);
        // Whoever wants generated files wants these as well.
        let by_name = by_name.filter(|&skip| !(self.generated && skip == Skip::ProtocolBuffers));
        if let Some(skip) = by_name {
            return self.skip(path, skip.reason());
        }
        if let Some(glob) = self.settings.skips(&shown(below)) {
            let reason = format!("skipped by `{glob}` in {FILE_NAME}");
            return self.skip(path, &reason);
        }
        let mut key = shown(path);
        if Path::new(&key) != path {
            while self.tree.odd.get(&key).is_some_and(|other| other != path) {
                // Two names that look the same are still two files.
                key = key.replace(".go", "\u{fffd}.go");
            }
            self.tree.odd.insert(key.clone(), path.to_owned());
        }
        let unit = self.units.entry(paths::unit_of(&key)).or_default();
        unit.paths.push(key);
    }

    /// A root as the globs of the settings see it.
    fn below_settings(&self, root: &Path) -> PathBuf {
        let below = |root: PathBuf| {
            Some(
                root.strip_prefix(self.settings_root.as_ref()?)
                    .ok()?
                    .to_owned(),
            )
        };
        root.canonicalize().ok().and_then(below).unwrap_or_default()
    }

    fn skip(&mut self, path: &Path, reason: &str) {
        self.tree.skipped.push(Skipped {
            path: shown(path),
            reason: reason.to_owned(),
        });
    }
}

/// Directories that the default leaves out, except the hidden ones, which the walk never sees.
fn left_out_directory(entry: &DirEntry) -> Option<Skip> {
    let is_directory = entry.file_type().is_some_and(|kind| kind.is_dir());
    let name = entry
        .file_name()
        .to_str()
        .filter(|_| is_directory && entry.depth() > 0)?;
    paths::skip_directory(name)
}

/// Why a link is not looked at, where somebody could miss what it points to.
fn link_reason(path: &Path, is_code: bool) -> Option<&'static str> {
    let parent = path.parent().and_then(|parent| parent.canonicalize().ok());
    match path.canonicalize() {
        Ok(target) if target.is_dir() => {
            let is_loop = parent.is_some_and(|parent| parent.starts_with(&target));
            Some(if is_loop {
                "symbolic link to a directory above it (a loop); not followed"
            } else {
                "symbolic link to a directory; not followed"
            })
        }
        Ok(_) if is_code => Some("symbolic link; not followed"),
        Err(_) if is_code => Some("symbolic link that leads nowhere"),
        _ => None,
    }
}

/// A path as it is shown: with `/` between its parts and without `.` among them.
pub fn shown(path: &Path) -> String {
    let mut shown = String::new();
    for part in path.components() {
        match part {
            Component::CurDir => continue,
            Component::RootDir => {
                shown.push('/');
                continue;
            }
            _ => {}
        }
        if !shown.is_empty() && !shown.ends_with('/') {
            shown.push('/');
        }
        shown.push_str(&part.as_os_str().to_string_lossy());
    }
    if shown.is_empty() {
        ".".to_owned()
    } else {
        shown
    }
}

fn path_of(error: &ignore::Error) -> Option<&Path> {
    match inner(error) {
        (Some(path), _) => Some(path),
        (None, ignore::Error::Loop { child, .. }) => Some(child),
        _ => None,
    }
}

fn cause_of(error: &ignore::Error) -> String {
    inner(error).1.to_string()
}

/// The path that an error names and what is wrong with it.
fn inner(error: &ignore::Error) -> (Option<&Path>, &ignore::Error) {
    let (mut path, mut error) = (None, error);
    loop {
        match error {
            ignore::Error::WithPath { path: named, err } => {
                path = Some(named.as_path());
                error = err;
            }
            ignore::Error::WithDepth { err, .. } | ignore::Error::WithLineNumber { err, .. } => {
                error = err
            }
            _ => return (path, error),
        }
    }
}

/// The bytes of a file that is no larger than the limit, or why they cannot be had.
pub fn read(path: &Path, limit: usize) -> Result<Vec<u8>, String> {
    let unreadable = |error: std::io::Error| format!("cannot be read: {error}");
    // Opening a pipe would wait for ever.
    let metadata = fs::metadata(path).map_err(unreadable)?;
    if !metadata.is_file() {
        return Err("not a regular file".to_owned());
    }
    let file = File::open(path).map_err(unreadable)?;
    let mut bytes = Vec::with_capacity(size(&metadata).min(limit) + 1);
    file.take(limit as u64 + 1)
        .read_to_end(&mut bytes)
        .map_err(unreadable)?;
    if bytes.len() > limit {
        let size = size(&metadata).max(bytes.len());
        return Err(Cut::Bytes { size, limit }.to_string());
    }
    Ok(bytes)
}

fn size(metadata: &Metadata) -> usize {
    usize::try_from(metadata.len()).unwrap_or(usize::MAX)
}
