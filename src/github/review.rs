//! One pull request from what GitHub says to what stands there: read, review, plan, act.

use std::collections::BTreeMap;

use super::Bot;
use super::client::{Failure, Installation};
use super::read::answers::PullRequest;
use super::read::{self, Reading, Repository};
use super::say::act::Actor;
use super::say::check;
use super::say::comment::About;
use super::say::plan::{plan, told};
use super::say::seal::Seal;
use super::say::standing::standing;
use crate::review::outcome::Skipped;
use crate::review::{self, Options, Review, config};
use crate::store::dismissals::Dismissal;
use crate::store::pulls::Pull;
use crate::store::queue::Job;
use crate::store::reviews::Reviewed;

/// Characters of a title that are kept; GitHub takes no more than 256.
const LONGEST_TITLE: usize = 256;

/// A pull request that is looked at.
pub struct Looked<'a> {
    /// For whom.
    pub installation: &'a Installation,
    /// Where, by the names of today.
    pub repository: Repository,
    /// It.
    pub pull: PullRequest,
}

/// Finds a pull request and the names that its repository has today.
pub async fn find<'a>(
    installation: &'a Installation,
    repository: &Repository,
    number: i64,
) -> Result<Looked<'a>, Failure> {
    let pull = read::pull(installation, repository, number).await?;
    let repository = match &pull.base.repo {
        Some(named) if named.id == repository.id => Repository {
            id: named.id,
            owner: named.owner.login.clone(),
            name: named.name.clone(),
        },
        // Another repository has the name by now.
        _ => return Err(Failure::Gone(repository.path())),
    };
    Ok(Looked {
        installation,
        repository,
        pull,
    })
}

impl Bot {
    /// Looks at a pull request and says what there is to say.
    pub(super) async fn review(
        &self,
        job: &Job,
        installation: &Installation,
        repository: &Repository,
        (number, again): (i64, bool),
    ) -> Result<(), Failure> {
        let store = self.github.store();
        let looked = find(installation, repository, number).await?;
        let (repository, pull) = (&looked.repository, &looked.pull);
        if !pull.is_open() {
            store.close_reviewed(repository.id, number).await?;
            return Ok(store.forget_pull(repository.id, number).await?);
        }
        if pull.draft && !again {
            return Ok(());
        }
        let reading = read::change(installation, &self.cache, repository, pull).await?;
        let (reading, review, notes) = self.reviewed(reading).await?;
        self.say(job, &looked, (&reading, &review, &notes), again)
            .await?;
        if store.is_superseded(job).await? {
            // Asked for again, or the installation is forgotten: there is nothing to remember.
            return Err(Failure::Moved);
        }
        let seen = Pull {
            repository: repository.id,
            number,
            installation: installation.id,
            owner: repository.owner.clone(),
            name: repository.name.clone(),
            head: pull.head.sha.clone(),
            seen: self.github.clock().now(),
            private: pull.base.repo.as_ref().is_none_or(|repo| repo.private),
        };
        store.remember_pull(&seen).await?;
        let dismissed = self.dismissed(repository.id).await?;
        let kept = Reviewed {
            repository: seen.repository,
            number,
            installation: seen.installation,
            owner: seen.owner,
            name: seen.name,
            title: pull.title.chars().take(LONGEST_TITLE).collect(),
            author: pull
                .user
                .as_ref()
                .map_or_else(String::new, |user| user.login.clone()),
            state: pull.state.clone(),
            head: seen.head,
            made: seen.seen,
            introduced: i64::try_from(told(&review, &dismissed).len()).unwrap_or(i64::MAX),
        };
        store
            .keep_review(&kept, &reading.merge_base, &review)
            .await?;
        metrics::counter!("highwater_reviews_total").increment(1);
        Ok(())
    }

    /// The review of what was read, on a thread of its own, and what else there is to be told.
    async fn reviewed(
        &self,
        mut reading: Reading,
    ) -> Result<(Reading, Review, Vec<String>), Failure> {
        let mut notes = Vec::new();
        let settings = match &reading.settings {
            Ok(settings) => settings.clone(),
            Err(wrong) => {
                let file = config::FILE_NAME;
                notes.push(format!(
                    "`{file}` of the base branch is not understood, so it is not in force: {wrong}"
                ));
                config::Settings::default()
            }
        };
        let least = settings.min_confidence;
        let mut options = Options {
            settings,
            help_base: self.github.settings().public_url.clone(),
            ..Options::default()
        };
        let turn = self.analyses.clone().acquire_owned().await;
        let done = tokio::task::spawn_blocking(move || {
            let _turn = turn;
            options.limits.stop = crate::source::limits::Stop::after(super::DEADLINE);
            let review = review::change::review(&reading.change, &options).at_least(least);
            (reading, review)
        });
        let failed = |error: tokio::task::JoinError| Failure::Unreadable {
            path: "the change".to_owned(),
            why: error.to_string(),
        };
        let mut review;
        (reading, review) = done.await.map_err(failed)?;
        let changed = reading.change.diff.by_head();
        let unread = reading
            .unread
            .iter()
            .filter(|(path, _)| changed.contains_key(path.as_str()));
        let known: Vec<String> = review
            .skipped
            .iter()
            .map(|skipped| skipped.path.clone())
            .collect();
        review
            .skipped
            .extend(
                unread
                    .filter(|(path, _)| !known.contains(path))
                    .map(|(path, reason)| Skipped {
                        path: path.clone(),
                        reason: format!("{reason}; judged by the added lines alone"),
                    }),
            );
        review.skipped.sort();
        Ok((reading, review, notes))
    }

    async fn say(
        &self,
        job: &Job,
        looked: &Looked<'_>,
        (reading, review, notes): (&Reading, &Review, &[String]),
        again: bool,
    ) -> Result<(), Failure> {
        let Looked {
            installation,
            repository,
            pull,
        } = looked;
        let slug = self.slug().await?;
        let seal = self.seal(repository.id, pull.number)?;
        let head = pull.head.sha.as_str();
        let standing =
            standing(installation, repository, pull.number, head, (&slug, &seal)).await?;
        if reading.change.diff.files.is_empty()
            && standing.said.is_empty()
            && standing.pending.is_empty()
        {
            return Ok(());
        }
        let about = About {
            repository,
            number: pull.number,
            head,
            merge_base: &reading.merge_base,
            settings: self.github.settings(),
            seal: &seal,
            change: &reading.change,
        };
        let dismissed = self.dismissed(repository.id).await?;
        let mut plan = plan(&standing, review, &dismissed, &about);
        let actor = Actor {
            installation,
            repository,
            about: &about,
            job: Some(job),
        };
        let done = actor.act(plan.actions).await?;
        plan.beside.extend(done.unplaced);
        metrics::counter!("highwater_comments_total").increment(done.comments as u64);
        let check = check::check(review, &dismissed, &plan.beside, notes, &about);
        check.send(installation, repository, &about, again).await
    }

    async fn dismissed(&self, repository: i64) -> Result<BTreeMap<String, Dismissal>, Failure> {
        let now = self.github.clock().now();
        let all = self.github.store().dismissals(repository, now).await?;
        Ok(all
            .into_iter()
            .map(|dismissal| (dismissal.fingerprint.clone(), dismissal))
            .collect())
    }

    /// The seal of a pull request.
    pub(super) fn seal(&self, repository: i64, number: i64) -> Result<Seal, Failure> {
        Seal::new(&self.github.settings().private_key, repository, number).ok_or_else(|| {
            Failure::Unreadable {
                path: "the private key".to_owned(),
                why: "it makes no seal".to_owned(),
            }
        })
    }
}
