//! A review that is posted by the token of a job of GitHub Actions, where no App is installed.
//!
//! What is said, and how it is said once, is the same as with an App. Two things are not: nobody
//! hears answers, so comments offer no commands; and the job has no key of its own. Marks are made
//! with the key that is given, or else with one that everybody knows. Then what is ours is told by
//! its author alone, `github-actions[bot]`, as whom every workflow of the repository writes.

use std::collections::BTreeMap;

use secrecy::SecretString;

use super::client::{Failure, GitHub};
use super::clock::Clock;
use super::read::Repository;
use super::say::act::Actor;
use super::say::comment::About;
use super::say::plan::plan;
use super::say::seal::Seal;
use super::say::standing::standing;
use super::settings::Settings;
use crate::review::Review;
use crate::source::change::Change;
use crate::store::Store;

/// The name of the App as which jobs write.
const WRITER: &str = "github-actions";
/// With which marks are made where no key is given. It keeps marks of other pull requests apart,
/// and proves nothing.
const KNOWN_KEY: &str = "highwater, without a key";

/// A job that reviews a pull request.
#[derive(Debug)]
pub struct Job {
    /// Where GitHub answers programs.
    pub api_url: String,
    /// Where people see GitHub.
    pub html_url: String,
    /// The job's token.
    pub token: SecretString,
    /// The key of its marks, where there is one.
    pub key: Option<SecretString>,
    /// The repository.
    pub repository: Repository,
    /// The number of the pull request.
    pub number: i64,
    /// The commit at its head.
    pub head: String,
    /// The commit that it starts from.
    pub merge_base: String,
}

/// What came of it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Posted {
    /// Comments that were posted now.
    pub comments: usize,
    /// Findings that have no comment, for want of a line or of room.
    pub beside: usize,
}

/// Says on the pull request what there is to say.
///
/// # Errors
///
/// See [`Failure`]. [`Failure::Forbidden`] where the token may only read, as for a fork.
pub async fn post(job: &Job, change: &Change, review: &Review) -> Result<Posted, Failure> {
    let settings = Settings {
        api_url: job.api_url.clone(),
        html_url: job.html_url.clone(),
        ..Settings::new(0, String::new().into())
    };
    let unreadable = |why: &str| Failure::Unreadable {
        path: job.api_url.clone(),
        why: why.to_owned(),
    };
    // Turns to write are taken in memory: a job has nobody to share them with.
    let store = Store::open("sqlite::memory:").await?;
    let github = GitHub::of_job(settings, store, Clock::real(), job.token.clone());
    let github = github.map_err(|_| unreadable("this is no address of an API"))?;
    let installation = github.installation(0);
    let known = KNOWN_KEY.into();
    let key = job.key.as_ref().unwrap_or(&known);
    let seal = Seal::new(key, job.repository.id, job.number)
        .ok_or_else(|| unreadable("the key makes no seal"))?;
    let (repository, number, head) = (&job.repository, job.number, job.head.as_str());
    let standing = standing(&installation, repository, number, head, (WRITER, &seal)).await?;
    let about = About {
        repository,
        number,
        head,
        merge_base: &job.merge_base,
        settings: github.settings(),
        seal: &seal,
        change,
    };
    let plan = plan(&standing, review, &BTreeMap::new(), &about);
    let actor = Actor {
        installation: &installation,
        repository,
        about: &about,
        job: None,
    };
    let done = actor.act(plan.actions).await?;
    Ok(Posted {
        comments: done.comments,
        beside: plan.beside.len() + done.unplaced.len(),
    })
}
