//! Reads a pull request: its two states, as far as the reviewed languages go.
//!
//! What GitHub says differs is taken from it; whole packages are read on both sides, since a
//! cause may stand in a file that the change does not touch. All within a budget: what is not read
//! is said, and judged by its hunks alone.

pub mod answers;
mod directories;
mod files;
pub mod whole;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use base64::Engine;
use serde::{Deserialize, Serialize};

use answers::{Comparison, Content, PullRequest};
use directories::Objects;
pub use directories::{Cache, cache};

use super::client::{Failure, Installation};
use super::is_commit;
use crate::review::config;
use crate::source::change::{Change, touched};
use crate::source::diff::Diff;
use crate::source::paths::UnitId;
use crate::source::{Language, SourceFile, paths};

/// A repository by the names in its addresses.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Repository {
    /// Its number, which no rename changes.
    pub id: i64,
    /// Whose it is.
    pub owner: String,
    /// Its name.
    pub name: String,
}

impl fmt::Display for Repository {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.owner, self.name)
    }
}

impl Repository {
    /// The start of the paths of everything in it.
    pub fn path(&self) -> String {
        format!("/repos/{}/{}", self.owner, self.name)
    }
}

/// A pull request that was read.
pub struct Reading {
    /// The change, from the merge base to the head.
    pub change: Change,
    /// What the base branch sets, or what is wrong with it.
    pub settings: Result<config::Settings, String>,
    /// What could not be read for want of budget, by path.
    pub unread: BTreeMap<String, String>,
    /// The commit that the change starts from.
    pub merge_base: String,
}

/// The pull request, as GitHub sees it now.
///
/// # Errors
///
/// See [`Failure`].
pub async fn pull(
    installation: &Installation,
    repository: &Repository,
    number: i64,
) -> Result<PullRequest, Failure> {
    let path = format!("{}/pulls/{number}", repository.path());
    let pull: PullRequest = installation.get(&path).await?;
    // What becomes part of addresses is looked at first.
    if !is_commit(&pull.head.sha) || !is_commit(&pull.base.sha) {
        return Err(Failure::Unreadable {
            path,
            why: "a commit has no proper name".to_owned(),
        });
    }
    Ok(pull)
}

/// Reads what a pull request changes.
///
/// # Errors
///
/// See [`Failure`].
pub async fn change(
    installation: &Installation,
    cache: &Cache,
    repository: &Repository,
    pull: &PullRequest,
) -> Result<Reading, Failure> {
    let compared = format!(
        "{}/compare/{}...{}?per_page=1",
        repository.path(),
        pull.base.sha,
        pull.head.sha
    );
    let comparison: Comparison = installation.get(&compared).await?;
    let merge_base = comparison.merge_base_commit.sha;
    if !is_commit(&merge_base) {
        return Err(Failure::Unreadable {
            path: compared,
            why: "the merge base has no proper name".to_owned(),
        });
    }
    let diff = files::changed(installation, repository, pull.number).await?;
    let settings = settings(installation, repository, &pull.base.sha).await?;
    let mut objects = Objects::new(installation, cache, repository);
    let (base_paths, head_paths) = wanted(&diff);
    let units = touched(&diff);
    let base = side(&mut objects, &merge_base, &units, &base_paths).await?;
    let head = side(&mut objects, &pull.head.sha, &units, &head_paths).await?;
    Ok(Reading {
        change: Change::new(diff, base, head),
        settings,
        unread: objects.unread,
        merge_base,
    })
}

/// The paths on either side that the diff names: read first, should the budget not do for all.
fn wanted(diff: &Diff) -> (BTreeSet<String>, BTreeSet<String>) {
    let side = |path: fn(&crate::source::diff::FileDiff) -> &Option<String>| {
        diff.files
            .iter()
            .filter_map(|file| path(file).clone())
            .collect()
    };
    (side(|file| &file.old_path), side(|file| &file.new_path))
}

/// The files of the touched packages in one state.
async fn side(
    objects: &mut Objects<'_>,
    commit: &str,
    units: &BTreeSet<UnitId>,
    first: &BTreeSet<String>,
) -> Result<Vec<SourceFile>, Failure> {
    let mut entries = Vec::new();
    let places: BTreeSet<(&str, bool)> = units.iter().map(UnitId::place).collect();
    for (directory, is_deep) in places {
        for (name, entry) in objects.directory(commit, directory, is_deep).await? {
            let path = if directory.is_empty() {
                name
            } else {
                format!("{directory}/{name}")
            };
            let Some(language) = Language::of_path(&path) else {
                continue;
            };
            if units.contains(&paths::unit_of(&path)) && paths::skip_file(&path).is_none() {
                entries.push((!first.contains(&path), path, language, entry));
            }
        }
    }
    entries.sort_by(|one, other| (one.0, &one.1).cmp(&(other.0, &other.1)));
    let mut files = Vec::new();
    for (_, path, language, entry) in entries {
        if let Some(bytes) = objects.file(&path, &entry).await? {
            files.push(SourceFile::new(path, language, bytes.to_vec()));
        }
    }
    Ok(files)
}

/// What a commit sets, or what is wrong with it. A pull request does not choose how it is reviewed:
/// its base does.
///
/// # Errors
///
/// See [`Failure`].
pub async fn settings(
    installation: &Installation,
    repository: &Repository,
    base: &str,
) -> Result<Result<config::Settings, String>, Failure> {
    let path = format!(
        "{}/contents/{}?ref={base}",
        repository.path(),
        config::FILE_NAME
    );
    let Some(content) = installation.get_if_there::<Content>(&path).await? else {
        return Ok(Ok(config::Settings::default()));
    };
    let packed: String = content
        .content
        .unwrap_or_default()
        .split_whitespace()
        .collect();
    let bytes = base64::engine::general_purpose::STANDARD
        .decode(packed)
        .unwrap_or_default();
    let text = String::from_utf8_lossy(&bytes);
    Ok(config::Settings::parse(config::FILE_NAME, &text)
        .map_err(|errors| errors.first().map_or_else(String::new, ToString::to_string)))
}
