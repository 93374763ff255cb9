//! The kinds of work that the queue holds, and how they are known there.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::store::queue::Asked;

/// What is to be done for an installation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "work", rename_all = "snake_case")]
pub enum Work {
    /// Look at a pull request and say what there is to say.
    Review {
        /// The number of the repository, which no rename changes.
        repository: i64,
        /// Whose it is.
        owner: String,
        /// Its name.
        name: String,
        /// The number of the pull request.
        number: i64,
        /// Whether somebody asked for it: a draft is looked at too.
        again: bool,
    },
    /// Look again at the pull requests with this head.
    Rerun {
        /// The number of the repository.
        repository: i64,
        /// Whose it is.
        owner: String,
        /// Its name.
        name: String,
        /// The commit.
        head: String,
    },
    /// Do what a comment says.
    Command {
        /// The number of the repository.
        repository: i64,
        /// Whose it is.
        owner: String,
        /// Its name.
        name: String,
        /// The number of the pull request.
        number: i64,
        /// The number of the comment.
        comment: i64,
    },
    /// Look for open pull requests that were missed.
    Sweep,
    /// Forget repositories that are out of reach.
    Forget {
        /// Their numbers.
        repositories: Vec<i64>,
    },
    /// Forget the installation.
    Purge,
}

impl fmt::Display for Work {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Work::Review {
                owner,
                name,
                number,
                ..
            } => write!(f, "review {owner}/{name}#{number}"),
            Work::Rerun {
                owner, name, head, ..
            } => write!(f, "review {owner}/{name} at {head} again"),
            Work::Command {
                owner,
                name,
                number,
                ..
            } => write!(f, "answer a command in {owner}/{name}#{number}"),
            Work::Sweep => f.write_str("look for pull requests that were missed"),
            Work::Forget { .. } => f.write_str("forget repositories that are out of reach"),
            Work::Purge => f.write_str("forget the installation"),
        }
    }
}

impl Work {
    /// The job for this work, due at a time in milliseconds since 1970.
    ///
    /// All work on one pull request is in one lane: done one after the other.
    pub fn asked(&self, installation: i64, due: i64) -> Asked {
        let (key, lane) = self.names(installation);
        Asked {
            key,
            lane,
            installation,
            // Plain data has a JSON form.
            body: serde_json::to_string(self).unwrap_or_default(),
            due,
        }
    }

    fn names(&self, installation: i64) -> (String, String) {
        let pull = |repository: &i64, number: &i64| format!("pull:{repository}:{number}");
        match self {
            Work::Review {
                repository, number, ..
            } => (pull(repository, number), pull(repository, number)),
            Work::Command {
                repository,
                number,
                comment,
                ..
            } => (
                format!("command:{repository}:{comment}"),
                pull(repository, number),
            ),
            Work::Rerun {
                repository, head, ..
            } => {
                let key = format!("rerun:{repository}:{head}");
                (key.clone(), key)
            }
            Work::Sweep => (
                format!("sweep:{installation}"),
                format!("sweep:{installation}"),
            ),
            Work::Forget { .. } => (
                format!("forget:{installation}"),
                format!("forget:{installation}"),
            ),
            Work::Purge => (
                format!("purge:{installation}"),
                format!("purge:{installation}"),
            ),
        }
    }
}
