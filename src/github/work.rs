//! The kinds of work that the queue holds, and how they are known there.

use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::read::Repository;
use crate::store::queue::{Asked, Job};

/// Where the body of a job names the delivery that asked for it.
const DELIVERY: &str = "delivery";

/// The span of a job: everything that is logged within tells which job, which pull request and
/// which delivery it is about.
pub fn span(job: &Job) -> tracing::Span {
    let body: Value = serde_json::from_str(&job.body).unwrap_or_default();
    let delivery = delivery_in(&body).unwrap_or("none");
    let work = Work::deserialize(&body);
    let place = work.map_or_else(|_| String::new(), |work| work.place());
    tracing::info_span!(
        "job",
        key = job.key,
        installation = job.installation,
        tries = job.tries,
        delivery,
        place,
    )
}

fn delivery_in(body: &Value) -> Option<&str> {
    body.get(DELIVERY).and_then(Value::as_str)
}

/// What is to be done for an installation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "work", rename_all = "snake_case")]
pub enum Work {
    /// Look at a pull request and say what there is to say.
    Review {
        /// Where.
        repository: Repository,
        /// The number of the pull request.
        number: i64,
        /// Whether somebody asked for it: a draft is looked at too.
        again: bool,
    },
    /// Look again at the pull requests with this head.
    Rerun {
        /// Where.
        repository: Repository,
        /// The commit.
        head: String,
    },
    /// Do what a comment says.
    Command {
        /// Where.
        repository: Repository,
        /// The number of the pull request.
        number: i64,
        /// The number of the comment.
        comment: i64,
    },
    /// Say what a reviewer asked to be said.
    Post {
        /// Where.
        repository: Repository,
        /// The number of the pull request.
        number: i64,
        /// What it is known by.
        id: String,
    },
    /// Review a whole repository.
    Audit {
        /// Which.
        repository: Repository,
        /// What the audit is known by.
        id: String,
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
    /// Forget what is old.
    Tidy,
}

impl fmt::Display for Work {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Work::Review {
                repository, number, ..
            } => write!(f, "review {repository}#{number}"),
            Work::Rerun { repository, head } => write!(f, "review {repository} at {head} again"),
            Work::Command {
                repository, number, ..
            } => write!(f, "answer a command in {repository}#{number}"),
            Work::Post {
                repository, number, ..
            } => write!(f, "say a reviewer's words in {repository}#{number}"),
            Work::Audit { repository, .. } => write!(f, "review all of {repository}"),
            Work::Sweep => f.write_str("look for pull requests that were missed"),
            Work::Forget { .. } => f.write_str("forget repositories that are out of reach"),
            Work::Purge => f.write_str("forget the installation"),
            Work::Tidy => f.write_str("forget what is old"),
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

    /// The job for this work, which a delivery asks for. The log names that beside the job.
    pub fn asked_by(&self, delivery: &str, installation: i64, due: i64) -> Asked {
        let mut asked = self.asked(installation, due);
        if let Ok(Value::Object(mut body)) = serde_json::from_str(&asked.body) {
            body.insert(DELIVERY.to_owned(), delivery.into());
            asked.body = Value::Object(body).to_string();
        }
        asked
    }

    /// The job for this work, which follows from another job: from the same delivery.
    pub fn asked_after(&self, job: &Job, due: i64) -> Asked {
        let body: Value = serde_json::from_str(&job.body).unwrap_or_default();
        match delivery_in(&body) {
            Some(delivery) => self.asked_by(delivery, job.installation, due),
            None => self.asked(job.installation, due),
        }
    }

    /// The pull request or repository that it is about: `owner/name#12`.
    fn place(&self) -> String {
        match self {
            Work::Review {
                repository, number, ..
            }
            | Work::Command {
                repository, number, ..
            }
            | Work::Post {
                repository, number, ..
            } => format!("{repository}#{number}"),
            Work::Rerun { repository, .. } | Work::Audit { repository, .. } => {
                repository.to_string()
            }
            Work::Sweep | Work::Forget { .. } | Work::Purge | Work::Tidy => String::new(),
        }
    }

    fn names(&self, installation: i64) -> (String, String) {
        let pull =
            |repository: &Repository, number: &i64| format!("pull:{}:{number}", repository.id);
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
                format!("command:{}:{comment}", repository.id),
                pull(repository, number),
            ),
            Work::Post {
                repository,
                number,
                id,
            } => (
                format!("post:{}:{id}", repository.id),
                pull(repository, number),
            ),
            Work::Audit { repository, .. } => {
                let key = format!("audit:{}", repository.id);
                (key.clone(), key)
            }
            Work::Rerun {
                repository, head, ..
            } => {
                let key = format!("rerun:{}:{head}", repository.id);
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
            Work::Tidy => ("tidy".to_owned(), "tidy".to_owned()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_follows_from_a_job_is_of_the_same_delivery() {
        let job = |asked: Asked| Job {
            key: asked.key,
            installation: asked.installation,
            body: asked.body,
            asked: 1,
            tries: 1,
            holder: String::new(),
            made: 1,
        };
        let told = job(Work::Sweep.asked_by("guid", 1, 5));
        let follows = Work::Sweep.asked_after(&told, 6);
        assert_eq!(follows, Work::Sweep.asked_by("guid", 1, 6));
        let plain = job(Work::Sweep.asked(1, 5));
        assert_eq!(Work::Sweep.asked_after(&plain, 6), Work::Sweep.asked(1, 6));
    }

    #[test]
    fn work_is_read_whatever_asked_for_it() {
        let repository = Repository {
            id: 7,
            owner: "acme".to_owned(),
            name: "queue".to_owned(),
        };
        let all = [
            Work::Review {
                repository: repository.clone(),
                number: 3,
                again: false,
            },
            Work::Command {
                repository,
                number: 3,
                comment: 9,
            },
            Work::Sweep,
            Work::Purge,
        ];
        for work in all {
            let (plain, told) = (work.asked(1, 5), work.asked_by("guid", 1, 5));
            assert_eq!((&plain.key, &plain.lane), (&told.key, &told.lane));
            for body in [plain.body, told.body] {
                let read: Work = serde_json::from_str(&body).unwrap();
                assert_eq!(read, work, "{body}");
            }
        }
    }
}
