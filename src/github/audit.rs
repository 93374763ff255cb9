//! A review of a whole repository: its default branch, within the budget of one review, a step at a
//! time so that whoever waits sees how far it is.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::Bot;
use super::client::{Failure, Installation};
use super::read::Repository;
use super::read::whole::{Files, newest};
use super::work::Work;
use crate::review::outcome::Skipped;
use crate::review::{Options, Review, config, run};
use crate::store;
use crate::store::audits::Audit;
use crate::store::queue::Job;

/// How many files are read between two signs of life.
const STEP: usize = 10;

impl Bot {
    /// Asks for a review of a whole repository.
    ///
    /// # Errors
    ///
    /// When the database fails or the queue is full.
    pub async fn ask_for_audit(
        &self,
        repository: Repository,
        audit: &Audit,
    ) -> Result<(), store::Error> {
        let store = self.github.store();
        store.keep_audit(audit).await?;
        let work = Work::Audit {
            repository,
            id: audit.id.clone(),
        };
        let now = self.github.clock().now();
        let asked = work.asked(audit.installation, now);
        store.ask(&asked, self.github.settings().queue).await?;
        self.there_is_work.notify_one();
        Ok(())
    }

    /// Reviews a whole repository.
    pub(super) async fn audit(
        &self,
        job: &Job,
        installation: &Installation,
        repository: &Repository,
        id: &str,
    ) -> Result<(), Failure> {
        let store = self.github.store();
        let Some(mut audit) = store.audit(id).await? else {
            // Forgotten meanwhile.
            return Ok(());
        };
        let done = self.audited(&mut audit, installation, repository).await;
        if store.is_superseded(job).await? {
            return Err(Failure::Moved);
        }
        match done {
            Ok(review) => {
                audit.state = "done".to_owned();
                audit.review = Some(review);
                Ok(store.keep_audit(&audit).await?)
            }
            Err(failure @ (Failure::Gone(_) | Failure::Forbidden { .. })) => {
                audit.state = "failed".to_owned();
                store.keep_audit(&audit).await?;
                Err(failure)
            }
            Err(failure) => Err(failure),
        }
    }

    async fn audited(
        &self,
        audit: &mut Audit,
        installation: &Installation,
        repository: &Repository,
    ) -> Result<Review, Failure> {
        let store = self.github.store();
        if audit.head.is_empty() {
            audit.head = newest(installation, repository).await?;
        }
        let settings = super::read::settings(installation, repository, &audit.head).await?;
        let mut files = Files::of((installation, &self.cache), repository, &audit.head).await?;
        let all = files.left();
        audit.state = "reading".to_owned();
        audit.files = i64::try_from(all).unwrap_or(i64::MAX);
        let mut read = BTreeMap::new();
        let mut seen = 0;
        while let Some((path, bytes)) = files.next().await? {
            if let Some(bytes) = bytes {
                read.insert(path, bytes);
            }
            seen += 1;
            if seen % STEP == 0 || seen == all {
                audit.done = i64::try_from(seen).unwrap_or(i64::MAX);
                store.keep_audit(audit).await?;
            }
        }
        let unread = files.unread();
        let mut review = self.judged(read, settings.unwrap_or_default()).await?;
        let skipped = unread
            .into_iter()
            .map(|(path, reason)| Skipped { path, reason });
        review.skipped.extend(skipped);
        review.skipped.sort();
        Ok(review)
    }

    /// The review of files, on a thread of its own.
    async fn judged(
        &self,
        files: BTreeMap<String, Arc<Vec<u8>>>,
        settings: config::Settings,
    ) -> Result<Review, Failure> {
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
            let (units, skipped) = run::units(files.keys().cloned(), &options.settings);
            let read = |path: &str| {
                let bytes = files.get(path).map(|bytes| bytes.to_vec());
                bytes.ok_or_else(|| "not read".to_owned())
            };
            let mut review = run::check(&units, &read, &options, &|_| ()).at_least(least);
            review.skipped.extend(skipped);
            review
        });
        done.await.map_err(|error| Failure::Unreadable {
            path: "the repository".to_owned(),
            why: error.to_string(),
        })
    }
}
