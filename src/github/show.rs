//! What the pages of reviews show of a repository: code, read when it is shown and kept nowhere but
//! in memory, and the settings in force.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use super::Bot;
use super::client::Failure;
use super::read::{Repository, settings, whole};
use super::settings::Budget;
use crate::review::config;

/// How long a page waits for its code.
const PATIENCE: Duration = Duration::from_secs(4);
/// What a page may cost: requests, and bytes of files.
const PAGE: Budget = Budget {
    calls: 60,
    bytes: 8 << 20,
};

impl Bot {
    /// The texts of files of a commit. Nothing where GitHub does not give them now.
    pub async fn texts(
        &self,
        installation: i64,
        repository: &Repository,
        commit: &str,
        paths: &BTreeSet<String>,
    ) -> Option<BTreeMap<String, String>> {
        if !super::is_commit(commit) {
            return None;
        }
        let installation = self.github.installation(installation);
        let from = (&installation, &self.cache);
        let asked = whole::texts(from, repository, commit, paths, PAGE);
        in_time(asked).await
    }

    /// What the default branch sets, or what is wrong with that. Nothing where GitHub does not tell
    /// now.
    pub async fn settings_of(
        &self,
        installation: i64,
        repository: &Repository,
    ) -> Option<Result<config::Settings, String>> {
        let installation = self.github.installation(installation);
        let asked = async {
            let head = whole::newest(&installation, repository).await?;
            settings(&installation, repository, &head).await
        };
        in_time(asked).await
    }
}

async fn in_time<T>(asked: impl Future<Output = Result<T, Failure>>) -> Option<T> {
    match tokio::time::timeout(PATIENCE, asked).await {
        Ok(Ok(found)) => Some(found),
        Ok(Err(failure)) => {
            tracing::warn!(%failure, "a page is shown without what GitHub has");
            None
        }
        Err(_) => None,
    }
}
