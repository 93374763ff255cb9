//! What a test asks when all is done.

use std::collections::BTreeSet;

use super::checks::CheckRun;
use super::handles::{PullRequest, Repo};
use super::pull::{Review, ReviewComment};
use super::state::Level;
use super::world::World;

/// How an installation kept to the limits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Seen {
    /// Requests that came while it was told to wait.
    pub during_retry_after: usize,
    /// Writes that came less than a second after the one before.
    pub hasty_writes: usize,
    /// Requests that came within a minute after a limit that did not say how long.
    pub impatient: usize,
    /// How often it met a limit.
    pub limited: usize,
}

impl World {
    /// How the installation at an account kept to the limits.
    pub fn seen(&self, account: &str) -> Seen {
        let id = self.install(account);
        self.with(|state| {
            let bucket = state
                .limits
                .buckets
                .get(&format!("installation {id}"))
                .cloned()
                .unwrap_or_default();
            Seen {
                during_retry_after: bucket.during_retry_after,
                hasty_writes: bucket.hasty_writes,
                impatient: bucket.impatient,
                limited: bucket.limited,
            }
        })
    }

    /// The most requests that were under way at the same time.
    pub fn most_in_flight(&self) -> usize {
        self.with(|state| state.limits.most_in_flight)
    }

    /// The permissions that the installation at an account holds and never needed.
    pub fn unused_permissions(&self, account: &str) -> Vec<String> {
        let id = self.install(account);
        self.with(|state| {
            let used = state.record.used.get(&id).cloned().unwrap_or_default();
            let held = &state.installations[&id].permissions;
            // GitHub gives this one to every app.
            let chosen = held.iter().filter(|(name, _)| *name != "metadata");
            chosen
                .filter(|(name, level)| !used.contains(&((*name).clone(), **level)))
                .map(|(name, level)| format!("{name}: {}", level.name()))
                .collect()
        })
    }

    /// The permissions that the installation at an account needed.
    pub fn used_permissions(&self, account: &str) -> BTreeSet<(String, Level)> {
        let id = self.install(account);
        self.with(|state| state.record.used.get(&id).cloned().unwrap_or_default())
    }

    /// The requests in which a text appears, such as a secret that must appear nowhere.
    pub fn appears(&self, text: &str) -> Vec<String> {
        let log = self.log();
        let holds = log
            .iter()
            .filter(|one| one.path.contains(text) || one.request.contains(text));
        holds
            .map(|one| format!("{} {}", one.method, one.path))
            .collect()
    }

    /// How often an operation was asked for.
    pub fn count(&self, operation: &str) -> usize {
        self.with(|state| {
            state
                .record
                .log
                .iter()
                .filter(|one| one.operation == operation)
                .count()
        })
    }
}

impl Repo {
    /// The check runs of the app at a commit, oldest first.
    pub fn check_runs(&self, sha: &str) -> Vec<CheckRun> {
        let app = self.world.credentials().app_id;
        self.world.with(|state| {
            let runs = state.repositories[&self.id].check_runs.iter();
            runs.filter(|run| run.app == app && run.head_sha == sha)
                .cloned()
                .collect()
        })
    }
}

impl PullRequest {
    /// The comments of the app on lines that are seen: neither deleted nor hidden, nor of a review not handed in.
    pub fn bot_comments(&self) -> Vec<ReviewComment> {
        let app = self.world.credentials().app_id;
        let pull = self.now();
        let seen = |one: &&ReviewComment| {
            one.app == Some(app) && one.minimised.is_none() && !pull.is_pending(one)
        };
        pull.comments.iter().filter(seen).cloned().collect()
    }

    /// The reviews that the app handed in for a head; those that GitHub makes for single comments do not count.
    pub fn bot_reviews(&self, head: &str) -> Vec<Review> {
        let app = self.world.credentials().app_id;
        let ours = |one: &&Review| {
            one.app == Some(app) && !one.implied && one.commit == head && one.state != "PENDING"
        };
        self.now().reviews.iter().filter(ours).cloned().collect()
    }

    /// What people wrote on lines and is still there.
    pub fn human_comments(&self) -> Vec<ReviewComment> {
        self.now()
            .comments
            .into_iter()
            .filter(|one| one.app.is_none())
            .collect()
    }

    /// What people wrote on lines and is gone; nobody but they may take it away.
    pub fn lost_human_comments(&self) -> Vec<ReviewComment> {
        let pull = self.now();
        let lost = |one: &&ReviewComment| one.app.is_none() && !pull.taken_back.contains(&one.id);
        pull.deleted.iter().filter(lost).cloned().collect()
    }

    /// The check runs of the app at the head.
    pub fn check_runs(&self) -> Vec<CheckRun> {
        let repo = Repo {
            world: self.world.clone(),
            id: self.repository,
        };
        repo.check_runs(&self.head())
    }

    /// Answers to a comment, by whomever.
    pub fn answers_to(&self, comment: u64) -> Vec<ReviewComment> {
        self.now()
            .comments
            .into_iter()
            .filter(|one| one.answers == Some(comment))
            .collect()
    }
}
