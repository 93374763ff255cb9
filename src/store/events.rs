//! What changed, for whoever looks at it: within the process, and with PostgreSQL between the
//! servers that share the database.

use std::time::Duration;

use secrecy::ExposeSecret;
use sqlx::Executor;
use sqlx::postgres::PgListener;
use tokio::sync::broadcast;

use super::{Error, PATIENCE, Store, in_time};

/// The name under which PostgreSQL passes it on.
const CHANNEL: &str = "highwater";
/// Changes that wait for a reader; who falls behind is told that anything may have changed.
pub(super) const WAITING: usize = 256;
/// How long to wait before listening is tried again.
const AGAIN: Duration = Duration::from_secs(2);
/// After so long a silence it is asked whether anybody is there.
const SILENCE: Duration = Duration::from_secs(10);

/// Something changed: the number of a repository, and of its pull request, 0 where it is the
/// repository. All zero: anything may have changed.
pub type Event = (i64, i64);

/// Anything may have changed.
pub const ANYTHING: Event = (0, 0);

/// Who may see and do what may have changed, of any repository.
pub const ACCESS: Event = (0, -1);

impl Store {
    /// What changes from now on.
    pub fn events(&self) -> broadcast::Receiver<Event> {
        self.events.subscribe()
    }

    /// Tells every server that who may see and do what may have changed.
    ///
    /// # Errors
    ///
    /// When the database fails.
    pub async fn access_changed(&self) -> Result<(), Error> {
        self.tell(ACCESS).await
    }

    /// Tells that something changed.
    pub(super) async fn tell(&self, event: Event) -> Result<(), Error> {
        if !self.is_postgres {
            // Nobody may be listening.
            let _ = self.events.send(event);
            return Ok(());
        }
        let asked = sqlx::query("SELECT CAST(pg_notify($1, $2) AS TEXT)")
            .bind(CHANNEL)
            .bind(format!("{}/{}", event.0, event.1));
        in_time(asked.execute(&self.pool)).await.map(|_| ())
    }

    /// Hears what the servers of the same database tell, for as long as it runs. Without PostgreSQL
    /// there are no others.
    pub async fn hear(self) {
        if !self.is_postgres {
            return;
        }
        loop {
            if let Err(error) = self.hear_once().await {
                tracing::warn!(%error, "cannot hear of changes; trying again");
            }
            tokio::time::sleep(AGAIN).await;
        }
    }

    async fn hear_once(&self) -> Result<(), sqlx::Error> {
        let listener =
            tokio::time::timeout(PATIENCE, PgListener::connect(self.url.expose_secret()));
        let mut listener = listener.await.unwrap_or(Err(sqlx::Error::PoolTimedOut))?;
        // Who listens again must first tell that something may have been missed.
        listener.eager_reconnect(false);
        listener.listen(CHANNEL).await?;
        // What was told meanwhile is not told again.
        let _ = self.events.send(ANYTHING);
        loop {
            let told = tokio::time::timeout(SILENCE, listener.try_recv());
            let Ok(told) = told.await else {
                // Of a connection that the network forgot nothing is heard for ever.
                let asked = tokio::time::timeout(PATIENCE, listener.execute("SELECT 1"));
                asked.await.unwrap_or(Err(sqlx::Error::PoolTimedOut))?;
                continue;
            };
            // Nothing: the connection was lost.
            let Some(told) = told? else { return Ok(()) };
            let event = told.payload().split_once('/');
            let event = event.and_then(|(one, two)| Some((one.parse().ok()?, two.parse().ok()?)));
            let _ = self.events.send(event.unwrap_or(ANYTHING));
        }
    }
}
