//! Tells whoever has a review open that something of it changed, so that the page looks again.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::{Path, State};
use axum::response::Sse;
use axum::response::sse::{Event, KeepAlive};
use futures_util::stream::{Stream, unfold};
use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::RecvError;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::{Address, admitted, store};
use crate::store::events::{self, ACCESS, ANYTHING};
use crate::store::reviews::Reviewed;
use crate::web::access::{Access, Viewer, access, is_still_there};
use crate::web::error::Error;
use crate::web::{Shared, repository};

/// Streams that are open at the same time.
const MOST: usize = 2_000;
/// How often it is asked whether the reader may still look.
const AGAIN: Duration = Duration::from_secs(30);
/// Changes that come close together are told once.
const GATHERED: Duration = Duration::from_millis(150);

/// Room for streams.
pub fn room() -> Arc<Semaphore> {
    Arc::new(Semaphore::new(MOST))
}

/// An open stream.
struct Open {
    site: Shared,
    viewer: Viewer,
    /// Owner and name.
    names: (String, String),
    about: events::Event,
    changes: Receiver<events::Event>,
    _room: OwnedSemaphorePermit,
}

type Told = Result<Event, Infallible>;

/// The changes of a review.
pub async fn of_review(
    State(site): State<Shared>,
    viewer: Viewer,
    Path(address): Path<Address>,
) -> Result<Sse<impl Stream<Item = Told>>, Error> {
    let Reviewed {
        repository,
        number,
        owner,
        name,
        ..
    } = admitted(&site, &viewer, &address).await?.pull;
    open(site, viewer, (owner, name), (repository, number))
}

/// The changes of a repository.
pub async fn of_repository(
    State(site): State<Shared>,
    viewer: Viewer,
    Path((owner, name)): Path<(String, String)>,
) -> Result<Sse<impl Stream<Item = Told>>, Error> {
    let (found, _) = repository::admitted(&site, &viewer, &owner, &name).await?;
    open(site, viewer, (owner, name), (found.repository, 0))
}

fn open(
    site: Shared,
    viewer: Viewer,
    names: (String, String),
    about: events::Event,
) -> Result<Sse<impl Stream<Item = Told>>, Error> {
    let room = site.streams.clone().try_acquire_owned();
    let open = Open {
        changes: store(&site)?.events(),
        viewer,
        names,
        about,
        _room: room.map_err(|_| Error::Busy)?,
        site,
    };
    let told = unfold(open, |mut open| async move {
        open.next().await.map(|event| (Ok(event), open))
    });
    Ok(Sse::new(told).keep_alive(KeepAlive::default()))
}

impl Open {
    /// The next change; nothing when the server stops, or the reader may look no more.
    async fn next(&mut self) -> Option<Event> {
        loop {
            let changed = tokio::select! {
                () = self.site.ends.cancelled() => return None,
                () = tokio::time::sleep(AGAIN) => false,
                changed = self.changes.recv() => match changed {
                    // Nothing to be seen anew, but perhaps not by this reader.
                    Ok(ACCESS) => false,
                    Ok(event) if event == ANYTHING || event == self.about => true,
                    Ok(_) => continue,
                    Err(RecvError::Lagged(_)) => true,
                    Err(RecvError::Closed) => return None,
                },
            };
            if !changed {
                if !self.may_look().await {
                    return None;
                }
                continue;
            }
            tokio::time::sleep(GATHERED).await;
            self.changes = self.changes.resubscribe();
            let is_seen = self.may_look().await;
            return is_seen.then(|| Event::default().event("changed").data("changed"));
        }
    }

    /// Whether the reader may still look. Who cannot be asked about may look again later.
    async fn may_look(&self) -> bool {
        let (owner, name) = &self.names;
        let Ok(true) = is_still_there(&self.site, &self.viewer).await else {
            return false;
        };
        let seen = access(&self.site, &self.viewer, owner, name).await;
        seen.is_ok_and(|seen| seen.of(self.about.0) >= Access::Read)
    }
}
