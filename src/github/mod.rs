//! The bot: reads pull requests, and says each finding once, on its line.
//!
//! What is said is decided purely from what stands on GitHub and a [`crate::review::Review`], and
//! acted on once. Webhooks are hints that something may be to do; what GitHub says when it is
//! asked is the truth. So work can be lost, doubled or done in any order, and the next look puts
//! it right.

pub mod actions;
mod audit;
pub mod client;
pub mod clock;
pub mod doctor;
pub mod listen;
pub mod manifest;
pub mod measures;
pub mod permissions;
mod post;
pub mod read;
mod review;
pub mod say;
pub mod settings;
mod show;
pub mod sign_in;
mod sweep;
pub mod webhook;
pub mod work;

use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::sync::{Notify, OnceCell, Semaphore};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tracing::Instrument;

use client::{Failure, GitHub, KeyError};
use clock::{Clock, back_off};
use read::answers::{App, PullRequest};
use read::{Cache, Repository};
pub use settings::Settings;
use webhook::Rights;
use work::Work;

use crate::store::purging::Old;
use crate::store::queue::{Asked, Delivery, Job, TakenIn};
use crate::store::{self, Store};

/// How long one analysis may take.
const DEADLINE: Duration = Duration::from_secs(60);
/// How long a job is held without a sign of life, in milliseconds.
const LEASE: i64 = 30_000;
/// How often a sign of life is given.
const BEAT: Duration = Duration::from_secs(8);
/// How soon it is tried again when it could not be given.
const BEAT_AGAIN: Duration = Duration::from_secs(2);
/// Who gave no sign of life for so long stops, before another may begin: what is on its way to GitHub
/// has this much less than [`LEASE`] to arrive.
const LET_GO: Duration = Duration::from_secs(22);
/// How often a job is tried.
const TRIES: u32 = 10;
/// The shortest and the longest wait before another try, in milliseconds.
const WAITS: (i64, i64) = (2_000, 15 * 60_000);
/// How often the queue is looked at when nobody says that there is something.
const LOOK: Duration = Duration::from_secs(2);
/// How often what was missed is looked for.
const SWEEP: Duration = Duration::from_secs(15 * 60);
/// How long the ids of deliveries are kept, in milliseconds: longer than GitHub can send them
/// again (three days; seven on an enterprise server).
pub const REMEMBERED: i64 = 8 * 86_400_000;

/// The bot of an App.
pub struct Bot {
    github: GitHub,
    cache: Cache,
    slug: OnceCell<String>,
    analyses: Arc<Semaphore>,
    /// Tells workers that there is something to do.
    there_is_work: Notify,
    holder: String,
}

/// What became of a delivery.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Taken {
    /// It asks for work, which is kept.
    Work,
    /// It asks for nothing.
    Nothing,
}

/// Why a delivery was not taken in.
#[derive(Debug, thiserror::Error)]
pub enum Refused {
    /// It is not for us.
    #[error(transparent)]
    Rejected(#[from] webhook::Rejected),
    /// It cannot be kept now; GitHub should see that.
    #[error(transparent)]
    Store(#[from] store::Error),
}

impl Bot {
    /// The bot of an App; `holder` names this server among those that share the database.
    ///
    /// # Errors
    ///
    /// When the private key is none.
    pub fn new(
        settings: Settings,
        store: Store,
        clock: Clock,
        holder: String,
    ) -> Result<Bot, KeyError> {
        let analyses = std::thread::available_parallelism().map_or(1, usize::from);
        Ok(Bot {
            github: GitHub::new(settings, store, clock, holder.clone())?,
            cache: read::cache(),
            slug: OnceCell::new(),
            analyses: Arc::new(Semaphore::new(analyses)),
            there_is_work: Notify::new(),
            holder,
        })
    }

    /// GitHub as the App sees it.
    pub fn github(&self) -> &GitHub {
        &self.github
    }

    /// Keeps a delivery and what it asks for.
    ///
    /// # Errors
    ///
    /// See [`Refused`].
    pub async fn take_in(
        &self,
        headers: webhook::Headers<'_>,
        body: &[u8],
    ) -> Result<Taken, Refused> {
        let settings = self.github.settings();
        let delivered = webhook::read(headers, body, settings)?;
        let now = self.github.clock().now();
        let asked = delivered
            .work
            .as_ref()
            .map(|work| work.asked_by(&delivered.guid, delivered.installation, now));
        self.note_rights(delivered.rights).await?;
        let delivery = Delivery {
            guid: &delivered.guid,
            event: &delivered.event,
            installation: delivered.installation,
            received: now,
        };
        let taken = self
            .github
            .store()
            .take_in(delivery, asked.as_ref(), settings.queue)
            .await?;
        let outcome = match taken {
            TakenIn::New if asked.is_some() => "work",
            TakenIn::New => "nothing",
            TakenIn::Known => "known",
            TakenIn::Revived => "revived",
        };
        metrics::counter!("highwater_deliveries_total", "outcome" => outcome).increment(1);
        metrics::gauge!("highwater_last_delivery_seconds").set(now as f64 / 1000.0);
        tracing::info!(
            delivery = delivered.guid,
            event = delivered.event,
            outcome,
            "delivery"
        );
        if asked.is_none() {
            return Ok(Taken::Nothing);
        }
        self.there_is_work.notify_one();
        Ok(Taken::Work)
    }

    /// Lets every server ask anew who may see what, before GitHub hears that we know.
    async fn note_rights(&self, rights: Option<Rights>) -> Result<(), store::Error> {
        let store = self.github.store();
        match rights {
            None => return Ok(()),
            Some(Rights::Access { repository: None }) => (),
            Some(Rights::Access {
                repository: Some((repository, private)),
            }) => store.set_private(repository, private).await?,
            Some(Rights::Revoked { person }) => {
                store.end_sessions(person).await?;
            }
        }
        store.access_changed().await
    }

    /// Asks for work that no delivery brought.
    async fn ask(&self, asked: Asked) -> Result<(), Failure> {
        self.github
            .store()
            .ask(&asked, self.github.settings().queue)
            .await?;
        self.there_is_work.notify_one();
        Ok(())
    }

    /// Does one job, if one is due. Whether there was one.
    ///
    /// # Errors
    ///
    /// When the database fails.
    pub async fn work_once(&self) -> Result<bool, store::Error> {
        let store = self.github.store();
        let now = self.github.clock().now();
        let Some(job) = store.claim(&self.holder, now, LEASE).await? else {
            return Ok(false);
        };
        let doing = async {
            let done = tokio::select! {
                done = self.done(&job) => done,
                () = self.hold(&job) => Err(Failure::Moved),
            };
            self.settle(&job, done).await
        };
        doing.instrument(work::span(&job)).await?;
        Ok(true)
    }

    /// Gives signs of life as long as the job is ours.
    async fn hold(&self, job: &Job) {
        let (mut seen, mut wait) = (Instant::now(), BEAT);
        loop {
            tokio::time::sleep(wait).await;
            let asked = Instant::now();
            let until = self.github.clock().now() + LEASE;
            match self.github.store().renew(job, until).await {
                Ok(true) => (seen, wait) = (asked, BEAT),
                Ok(false) => return,
                // A database that does not answer does not take the job away yet.
                Err(_) if seen.elapsed() < LET_GO => wait = BEAT_AGAIN,
                Err(error) => {
                    tracing::warn!(%error, "a job is let go: no sign of life can be given");
                    return;
                }
            }
        }
    }

    /// Says what became of a job.
    async fn settle(&self, job: &Job, done: Result<(), Failure>) -> Result<(), store::Error> {
        let store = self.github.store();
        let now = self.github.clock().now();
        let Err(failure) = done else {
            tracing::info!("a job is done");
            return store.finish(job, now).await;
        };
        let why = failure.to_string();
        if let Failure::Moved = failure {
            tracing::info!(why, "a job begins anew");
            return store.put_off(job, now, &why, false).await;
        }
        tracing::warn!(why, "a job was not done");
        metrics::counter!("highwater_jobs_failed_total").increment(1);
        match failure {
            Failure::NotNow { until } => {
                store
                    .put_off(job, until + back_off(0, 1_000, 1_000), &why, false)
                    .await
            }
            // What is out of reach asks for nothing any more.
            Failure::Gone(_) => store.finish(job, now).await,
            Failure::Forbidden { .. } => store.bury(job, now, &why).await,
            _ if job.tries >= TRIES => store.bury(job, now, &why).await,
            _ => {
                store
                    .put_off(job, now + back_off(job.tries, WAITS.0, WAITS.1), &why, true)
                    .await
            }
        }
    }

    async fn done(&self, job: &Job) -> Result<(), Failure> {
        if job.tries > TRIES {
            // Whoever tried it died of it.
            return Err(Failure::Unreadable {
                path: job.key.clone(),
                why: "nobody lived through it".to_owned(),
            });
        }
        let work: Work = serde_json::from_str(&job.body).map_err(|error| Failure::Unreadable {
            path: job.key.clone(),
            why: error.to_string(),
        })?;
        let installation = self.github.installation(job.installation).for_job(job);
        let store = self.github.store();
        match work {
            Work::Review {
                repository,
                number,
                again,
            } => {
                self.review(job, &installation, &repository, (number, again))
                    .await
            }
            Work::Command {
                repository,
                number,
                comment,
            } => {
                self.command(job, &installation, &repository, (number, comment))
                    .await
            }
            Work::Rerun { repository, head } => {
                self.rerun(job, &installation, &repository, &head).await
            }
            Work::Post {
                repository,
                number,
                id,
            } => {
                self.post(job, &installation, &repository, (number, &id))
                    .await
            }
            Work::Audit { repository, id } => {
                self.audit(job, &installation, &repository, &id).await
            }
            Work::Sweep => self.sweep(job, &installation).await,
            Work::Forget { repositories } => {
                for repository in repositories {
                    store.forget_repository(repository).await?;
                }
                Ok(())
            }
            Work::Purge => Ok(store.purge(job.installation).await?),
            Work::Tidy => self.tidy().await,
        }
    }

    async fn command(
        &self,
        job: &Job,
        installation: &client::Installation,
        repository: &Repository,
        (number, comment): (i64, i64),
    ) -> Result<(), Failure> {
        let looked = review::find(installation, repository, number).await?;
        let slug = self.slug().await?;
        let seal = self.seal(looked.repository.id, number)?;
        let asked = listen::answer::Asked {
            installation,
            repository: &looked.repository,
            pull: &looked.pull,
            comment,
            slug: &slug,
            seal: &seal,
        };
        if listen::answer::answer(&asked).await? {
            self.again(job, &looked.repository, number).await?;
        }
        Ok(())
    }

    async fn again(&self, job: &Job, repository: &Repository, number: i64) -> Result<(), Failure> {
        let work = Work::Review {
            repository: repository.clone(),
            number,
            again: true,
        };
        let now = self.github.clock().now();
        self.ask(work.asked_after(job, now)).await
    }

    /// Looks again at the pull requests with a head. A fork's are not named in what GitHub sends.
    async fn rerun(
        &self,
        job: &Job,
        installation: &client::Installation,
        repository: &Repository,
        head: &str,
    ) -> Result<(), Failure> {
        let mut numbers = self
            .github
            .store()
            .pulls_with_head(repository.id, head)
            .await?;
        let path = format!("{}/commits/{head}/pulls?", repository.path());
        let found: Vec<PullRequest> = match installation.list(&path, 100).await {
            Err(Failure::Gone(_) | Failure::Refused { .. }) => Vec::new(),
            found => found?,
        };
        numbers.extend(
            found
                .iter()
                .filter(|pull| pull.is_open() && pull.head.sha == head)
                .map(|pull| pull.number),
        );
        numbers.sort_unstable();
        numbers.dedup();
        for number in numbers {
            self.again(job, repository, number).await?;
        }
        Ok(())
    }

    /// The name of the App, by which its words are known.
    async fn slug(&self) -> Result<String, Failure> {
        let slug = self.slug.get_or_try_init(|| async {
            let app: App = self.github.get_as_app("/app").await?;
            app.slug.ok_or_else(|| Failure::Unreadable {
                path: "/app".to_owned(),
                why: "it has no slug".to_owned(),
            })
        });
        slug.await.cloned()
    }

    /// Works until it is told to stop; what has begun comes to its end.
    pub async fn run(self: Arc<Bot>, stop: CancellationToken) {
        let tasks = TaskTracker::new();
        for _ in 0..self.github.settings().workers.max(1) {
            tasks.spawn(self.clone().worker(stop.clone()));
        }
        tasks.spawn(self.clone().look_for_missed(stop.clone()));
        tasks.close();
        tasks.wait().await;
    }

    async fn worker(self: Arc<Bot>, stop: CancellationToken) {
        while !stop.is_cancelled() {
            match self.work_once().await {
                Ok(true) => continue,
                Ok(false) => (),
                Err(error) => tracing::error!(%error, "the queue does not answer"),
            }
            tokio::select! {
                () = stop.cancelled() => (),
                () = self.there_is_work.notified() => (),
                () = tokio::time::sleep(LOOK) => (),
            }
        }
    }

    async fn look_for_missed(self: Arc<Bot>, stop: CancellationToken) {
        while !stop.is_cancelled() {
            self.look_once().await;
            tokio::select! {
                () = stop.cancelled() => (),
                () = tokio::time::sleep(SWEEP) => (),
            }
        }
    }

    /// Looks for what was missed, and has what is old forgotten: by one of the servers.
    pub async fn look_once(&self) {
        let tidy = Work::Tidy.asked(0, self.github.clock().now());
        for found in [
            self.sweep_all().await,
            self.redeliver().await,
            self.ask(tidy).await,
        ] {
            if let Err(failure) = found {
                tracing::warn!(%failure, "cannot look for what was missed");
            }
        }
    }

    /// Forgets what is old.
    async fn tidy(&self) -> Result<(), Failure> {
        let now = self.github.clock().now();
        let kept = i64::try_from(self.github.settings().retention.as_millis()).unwrap_or(i64::MAX);
        let old = Old {
            before: now.saturating_sub(kept),
            deliveries_before: now - REMEMBERED,
            repository: None,
        };
        for (kind, number) in self.github.store().forget_old(&old).await? {
            if number > 0 {
                tracing::info!(number, table = kind.table, "forgotten: too old");
            }
        }
        self.github.store().forget_sessions(now).await?;
        Ok(())
    }
}

/// Whether this is the name of one of git's objects, in full.
fn is_commit(name: &str) -> bool {
    matches!(name.len(), 40 | 64) && name.bytes().all(|digit| digit.is_ascii_hexdigit())
}
