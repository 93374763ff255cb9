//! Files of one commit without a change: those that a page shows, or all that are reviewed.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::super::client::{Failure, Installation};
use super::super::is_commit;
use super::super::settings::Budget;
use super::answers::{DefaultBranch, Entry, Reference};
use super::directories::Objects;
use super::{Cache, Repository};
use crate::source::{self, Language};

/// The texts of files of a commit, by path; what is not among them cannot be had.
///
/// # Errors
///
/// See [`Failure`].
pub async fn texts(
    (installation, cache): (&Installation, &Cache),
    repository: &Repository,
    commit: &str,
    paths: &BTreeSet<String>,
    budget: Budget,
) -> Result<BTreeMap<String, String>, Failure> {
    let mut objects = Objects::within(installation, cache, repository, budget);
    let mut texts = BTreeMap::new();
    for path in paths {
        let (directory, name) = path.rsplit_once('/').unwrap_or(("", path));
        let entries = objects.directory(commit, directory, false).await?;
        let Some((_, entry)) = entries.into_iter().find(|(found, _)| found == name) else {
            continue;
        };
        if let Some(bytes) = objects.file(path, &entry).await? {
            texts.insert(path.clone(), source::decode(bytes.to_vec()));
        }
    }
    Ok(texts)
}

/// The commit at the end of a repository's default branch.
///
/// # Errors
///
/// See [`Failure`].
pub async fn newest(
    installation: &Installation,
    repository: &Repository,
) -> Result<String, Failure> {
    let found: DefaultBranch = installation.get(&repository.path()).await?;
    let branch = source::paths::clean(&found.default_branch);
    let path = format!("{}/git/ref/heads/{branch}", repository.path());
    let found: Reference = installation.get(&path).await?;
    if !is_commit(&found.object.sha) {
        return Err(Failure::Unreadable {
            path,
            why: "a commit has no proper name".to_owned(),
        });
    }
    Ok(found.object.sha)
}

/// A path, and the bytes of its file where they could be read.
pub type Read = (String, Option<Arc<Vec<u8>>>);

/// All files of a commit in reviewed languages, one after the other, within the budget of one
/// review.
pub struct Files<'a> {
    objects: Objects<'a>,
    entries: Vec<(String, Entry)>,
}

impl<'a> Files<'a> {
    /// Finds them.
    ///
    /// # Errors
    ///
    /// See [`Failure`].
    pub async fn of(
        (installation, cache): (&'a Installation, &'a Cache),
        repository: &'a Repository,
        commit: &str,
    ) -> Result<Files<'a>, Failure> {
        let mut objects = Objects::new(installation, cache, repository);
        let mut entries = objects.directory(commit, "", true).await?;
        entries.retain(|(path, _)| {
            Language::of_path(path).is_some() && source::paths::skip_file(path).is_none()
        });
        entries.sort_by(|one, other| other.0.cmp(&one.0));
        Ok(Files { objects, entries })
    }

    /// How many are left to read.
    pub fn left(&self) -> usize {
        self.entries.len()
    }

    /// The next one.
    ///
    /// # Errors
    ///
    /// See [`Failure`].
    pub async fn next(&mut self) -> Result<Option<Read>, Failure> {
        let Some((path, entry)) = self.entries.pop() else {
            return Ok(None);
        };
        let bytes = self.objects.file(&path, &entry).await?;
        Ok(Some((path, bytes)))
    }

    /// What was not read, and why.
    pub fn unread(self) -> BTreeMap<String, String> {
        self.objects.unread
    }
}
