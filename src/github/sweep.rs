//! What webhooks missed: open pull requests whose head was not looked at, and deliveries that
//! failed. GitHub sends nothing again by itself.

use super::Bot;
use super::client::{Failure, Installation};
use super::read::Repository;
use super::read::answers::{Installed, Named, PullRequest, Repositories, Sent};
use super::work::Work;
use crate::store;
use crate::store::queue::Job;

/// Repositories of an installation, and open pull requests of a repository, that are looked at.
const MOST: usize = 10_000;
/// How far back deliveries are looked at, in milliseconds.
/// source: docs.github.com, "Redelivering webhooks": deliveries of the last three days.
const DAYS: i64 = 3 * 86_400_000;
/// Deliveries that are asked for again in one go.
const AGAIN: usize = 200;
/// Pages of deliveries that are looked at in one go.
const PAGES: usize = 30;

impl Bot {
    /// Asks for a sweep of every installation.
    pub(super) async fn sweep_all(&self) -> Result<(), Failure> {
        for page in 1.. {
            let path = format!("/app/installations?per_page=100&page={page}");
            let installations: Vec<Installed> = self.github.get_as_app(&path).await?;
            let number = installations.len();
            for installation in installations
                .iter()
                .filter(|one| one.suspended_at.is_none())
            {
                let now = self.github.clock().now();
                self.ask(Work::Sweep.asked(installation.id, now)).await?;
            }
            if number < 100 {
                break;
            }
        }
        Ok(())
    }

    /// Asks for a review of every open pull request of an installation whose head was not seen.
    pub(super) async fn sweep(
        &self,
        job: &Job,
        installation: &Installation,
    ) -> Result<(), Failure> {
        let repositories = |page: Repositories| page.repositories;
        let repositories = installation
            .pages("/installation/repositories?", MOST, repositories)
            .await?;
        for repository in repositories {
            match self.sweep_repository(job, installation, &repository).await {
                // Out of reach by now.
                Err(Failure::Gone(_) | Failure::Forbidden { .. }) => (),
                other => other?,
            }
        }
        Ok(())
    }

    async fn sweep_repository(
        &self,
        job: &Job,
        installation: &Installation,
        repository: &Named,
    ) -> Result<(), Failure> {
        let Named {
            id, name, owner, ..
        } = repository;
        let path = format!("/repos/{}/{name}/pulls?state=open", owner.login);
        let pulls: Vec<PullRequest> = installation.list(&path, MOST).await?;
        for pull in pulls.iter().filter(|pull| !pull.draft) {
            let seen = self
                .github
                .store()
                .pulls_with_head(*id, &pull.head.sha)
                .await?;
            if seen.contains(&pull.number) {
                continue;
            }
            let work = Work::Review {
                repository: Repository {
                    id: *id,
                    owner: owner.login.clone(),
                    name: name.clone(),
                },
                number: pull.number,
                again: false,
            };
            match self
                .ask(work.asked_after(job, self.github.clock().now()))
                .await
            {
                // The next sweep finds the rest.
                Err(Failure::Store(store::Error::Full)) => return Ok(()),
                other => other?,
            }
        }
        Ok(())
    }

    /// Asks GitHub to send again what failed and never came.
    pub(super) async fn redeliver(&self) -> Result<(), Failure> {
        let since = self.github.clock().now() - DAYS;
        let (mut next, mut asked) = (Some("/app/hook/deliveries?per_page=100".to_owned()), 0);
        // An older attempt of what came at last is no miss.
        let mut settled = std::collections::BTreeSet::new();
        for _ in 0..PAGES {
            let Some(path) = next.take() else { break };
            let (page, following): (Vec<Sent>, _) = self.github.page_as_app(&path).await?;
            for sent in page {
                let is_old = sent.delivered_at.as_millisecond() < since;
                if is_old || asked >= AGAIN {
                    return Ok(());
                }
                let is_missed = !(200..300).contains(&sent.status_code)
                    && matters(&sent.event)
                    && !self.github.store().knows_delivery(&sent.guid).await?;
                if settled.insert(sent.guid) && is_missed {
                    self.github
                        .post_as_app(&format!("/app/hook/deliveries/{}/attempts", sent.id))
                        .await?;
                    asked += 1;
                }
            }
            next = following;
        }
        Ok(())
    }
}

/// Whether an event can ask for work.
fn matters(event: &str) -> bool {
    matches!(
        event,
        "pull_request"
            | "pull_request_review_comment"
            | "check_run"
            | "check_suite"
            | "installation"
            | "installation_repositories"
            | "repository"
    )
}
