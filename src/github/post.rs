//! What a reviewer asked to be said on a pull request: once, under the App's name.

use http::Method;
use serde_json::json;

use super::Bot;
use super::client::{Failure, Installation};
use super::read::Repository;
use super::read::answers::Said;
use super::review::find;
use super::say::comment::bounded;
use super::say::seal::Kind;
use super::say::standing::is_app;
use super::work::Work;
use crate::store;
use crate::store::marks::Post;
use crate::store::queue::Job;

/// Comments of a conversation that are looked at.
const MOST: usize = 30_000;

impl Bot {
    /// Asks that something be said on a pull request. What is asked for under the same name
    /// already is said once.
    ///
    /// # Errors
    ///
    /// When the database fails or the queue is full.
    pub async fn ask_to_say(
        &self,
        repository: Repository,
        post: &Post,
    ) -> Result<(), store::Error> {
        let store = self.github.store();
        store.ask_to_post(post).await?;
        let work = Work::Post {
            repository,
            number: post.number,
            id: post.id.clone(),
        };
        let now = self.github.clock().now();
        let asked = work.asked(post.installation, now);
        store.ask(&asked, self.github.settings().queue).await?;
        self.there_is_work.notify_one();
        Ok(())
    }

    /// Says it, unless it stands there: an answer of GitHub may have been lost.
    pub(super) async fn post(
        &self,
        job: &Job,
        installation: &Installation,
        repository: &Repository,
        (number, id): (i64, &str),
    ) -> Result<(), Failure> {
        let store = self.github.store();
        let waiting = store.post(id).await?;
        let Some(post) = waiting.filter(|post| post.posted.is_none()) else {
            return Ok(());
        };
        let looked = find(installation, repository, number).await?;
        let seal = self.seal(looked.repository.id, number)?;
        let slug = self.slug().await?;
        let path = format!("{}/issues/{number}/comments", looked.repository.path());
        let standing: Vec<Said> = installation.list(&format!("{path}?"), MOST).await?;
        let stands = standing.iter().any(|one| {
            is_app(one.user.as_ref(), &slug)
                && seal.read(Kind::Words, &one.body).as_deref() == Some(id)
        });
        if !stands {
            if store.is_superseded(job).await? {
                return Err(Failure::Moved);
            }
            let body = bounded(post.body.clone(), &seal.mark(Kind::Words, id));
            installation
                .write::<serde::de::IgnoredAny>(Method::POST, &path, &json!({ "body": body }))
                .await?;
        }
        let now = self.github.clock().now();
        Ok(store.posted(&post, now).await?)
    }
}
