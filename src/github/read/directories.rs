//! Directories and files of a commit, by the ids of git's objects.
//!
//! An object never changes, so what was read once is not read again; memory is bounded. Nothing is
//! written to a disk.

use std::collections::BTreeMap;
use std::sync::Arc;

use base64::Engine;

use super::super::client::{Failure, Installation};
use super::super::is_commit;
use super::super::settings::Budget;
use super::Repository;
use super::answers::{Blob, Entry, Tree};
use crate::source::limits::Limits;

/// Bytes that are remembered of all files and directories.
const REMEMBERED: u64 = 256 << 20;

/// What is remembered of an object.
#[derive(Clone)]
pub enum Object {
    /// A directory.
    Directory(Arc<Vec<Entry>>),
    /// A file.
    File(Arc<Vec<u8>>),
}

/// Objects that were read, for all pull requests, by repository and id: that one repository has
/// an object says nothing of another.
pub type Cache = moka::future::Cache<(i64, String), Object>;

/// An empty cache.
pub fn cache() -> Cache {
    let weigh = |_: &(i64, String), object: &Object| {
        let bytes = match object {
            Object::Directory(entries) => entries.len() * 150,
            Object::File(bytes) => bytes.len(),
        };
        u32::try_from(bytes + 100).unwrap_or(u32::MAX)
    };
    moka::future::Cache::builder()
        .max_capacity(REMEMBERED)
        .weigher(weigh)
        .build()
}

/// The objects of a repository, read within a budget.
pub struct Objects<'a> {
    installation: &'a Installation,
    cache: &'a Cache,
    repository: &'a Repository,
    calls: u32,
    bytes: u64,
    /// What was not read, and why.
    pub unread: BTreeMap<String, String>,
}

/// Why a file was not read.
const BUDGET: &str = "not read: the pull request is over the budget for one review";

impl<'a> Objects<'a> {
    /// Objects within the budget of one review.
    pub fn new(
        installation: &'a Installation,
        cache: &'a Cache,
        repository: &'a Repository,
    ) -> Objects<'a> {
        let budget = installation.github().settings().budget;
        Objects::within(installation, cache, repository, budget)
    }

    /// Objects within a budget.
    pub fn within(
        installation: &'a Installation,
        cache: &'a Cache,
        repository: &'a Repository,
        budget: Budget,
    ) -> Objects<'a> {
        Objects {
            installation,
            cache,
            repository,
            calls: budget.calls,
            bytes: budget.bytes,
            unread: BTreeMap::new(),
        }
    }

    /// What is in a directory of a commit, and where `is_deep` in those below it, by its path from
    /// there; nothing when it is not there.
    pub async fn directory(
        &mut self,
        commit: &str,
        path: &str,
        is_deep: bool,
    ) -> Result<Vec<(String, Entry)>, Failure> {
        let mut at = commit.to_owned();
        for part in path.split('/').filter(|part| !part.is_empty()) {
            let Some(entries) = self.entries(&at, path).await? else {
                return Ok(Vec::new());
            };
            let inside = entries
                .iter()
                .find(|entry| entry.path == part && entry.kind == "tree");
            let Some(inside) = inside else {
                return Ok(Vec::new());
            };
            at.clone_from(&inside.sha);
        }
        let mut found = Vec::new();
        let mut waiting = vec![(String::new(), at)];
        while let Some((prefix, id)) = waiting.pop() {
            let entries = self.entries(&id, path).await?;
            for entry in entries.iter().flat_map(|entries| entries.iter()) {
                let name = format!("{prefix}{}", entry.path);
                match entry.kind.as_str() {
                    "blob" if entry.mode != "120000" => found.push((name, entry.clone())),
                    "tree" if is_deep => waiting.push((format!("{name}/"), entry.sha.clone())),
                    _ => {}
                }
            }
        }
        Ok(found)
    }

    async fn entries(&mut self, id: &str, path: &str) -> Result<Option<Arc<Vec<Entry>>>, Failure> {
        let key = (self.repository.id, id.to_owned());
        if let Some(Object::Directory(entries)) = self.cache.get(&key).await {
            return Ok(Some(entries));
        }
        if !is_commit(id) || !self.may_ask(path) {
            return Ok(None);
        }
        let asked = format!("{}/git/trees/{id}", self.repository.path());
        let Some(tree) = self.installation.get_if_there::<Tree>(&asked).await? else {
            return Ok(None);
        };
        let entries = Arc::new(tree.tree);
        self.cache
            .insert(key, Object::Directory(entries.clone()))
            .await;
        Ok(Some(entries))
    }

    /// The bytes of a file, if the budget does and it is not too large to be looked at.
    pub async fn file(
        &mut self,
        path: &str,
        entry: &Entry,
    ) -> Result<Option<Arc<Vec<u8>>>, Failure> {
        let key = (self.repository.id, entry.sha.clone());
        if let Some(Object::File(bytes)) = self.cache.get(&key).await {
            return Ok(Some(bytes));
        }
        let limit = Limits::default().bytes as u64;
        let size = entry.size.unwrap_or(0);
        if size > limit {
            self.unread.insert(
                path.to_owned(),
                format!("{size} bytes, over the limit of {limit}"),
            );
            return Ok(None);
        }
        if !is_commit(&entry.sha) || !self.may_ask(path) {
            return Ok(None);
        }
        let asked = format!("{}/git/blobs/{}", self.repository.path(), entry.sha);
        let Some(blob) = self.installation.get_if_there::<Blob>(&asked).await? else {
            return Ok(None);
        };
        let packed: String = blob.content.split_whitespace().collect();
        let decoded = base64::engine::general_purpose::STANDARD.decode(packed);
        let bytes = Arc::new(decoded.map_err(|error| Failure::Unreadable {
            path: asked,
            why: error.to_string(),
        })?);
        self.bytes = self.bytes.saturating_sub(bytes.len() as u64);
        self.cache.insert(key, Object::File(bytes.clone())).await;
        Ok(Some(bytes))
    }

    /// Whether the budget does for one more request; otherwise the path is not read.
    fn may_ask(&mut self, path: &str) -> bool {
        let may = self.calls > 0 && self.bytes > 0;
        if may {
            self.calls -= 1;
        } else {
            self.unread.insert(path.to_owned(), BUDGET.to_owned());
        }
        may
    }
}
