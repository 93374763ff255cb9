//! What outlives the process, in SQLite or PostgreSQL by the same statements.
//!
//! One file for each kind of thing that is kept; `migrations` holds the tables, and only grows.
//! Nothing that is kept is ever logged, and no secret is kept but as a hash.

mod asking;
pub mod audits;
pub mod dismissals;
pub mod events;
pub mod kept;
pub mod marks;
pub mod pacing;
pub mod pulls;
pub mod purging;
pub mod queue;
pub mod reviews;
pub mod sessions;

use std::borrow::Cow;
use std::future::Future;
use std::time::Duration;

use secrecy::SecretString;
use sqlx::any::AnyPoolOptions;
use sqlx::migrate::{MigrateError, Migration, MigrationType, Migrator};
use sqlx::{AnyConnection, AnyPool, Connection, Executor, SqlStr};
use tokio::sync::broadcast;

/// The steps from an empty database to today's, in order, by their numbers. A step that has landed
/// never changes.
const MIGRATIONS: [(i64, &str, &str); 6] = [
    (1, "kept", include_str!("migrations/0001_kept.sql")),
    (2, "github", include_str!("migrations/0002_github.sql")),
    (3, "patience", include_str!("migrations/0003_patience.sql")),
    (4, "reviews", include_str!("migrations/0004_reviews.sql")),
    (5, "accounts", include_str!("migrations/0005_accounts.sql")),
    (6, "names", include_str!("migrations/0006_names.sql")),
];
/// How long anything may wait for the database.
const PATIENCE: Duration = Duration::from_secs(3);
/// How long opening may take: migrations run then.
const OPENING: Duration = Duration::from_secs(30);
/// Connections at the same time; SQLite has one writer anyway.
const CONNECTIONS: u32 = 8;
/// How long a connection may take to show that it lives, before it is used and after.
const SIGN_OF_LIFE: Duration = Duration::from_secs(1);
/// What each connection begins with, in SQLite.
const OF_SQLITE: &str =
    "PRAGMA busy_timeout = 2000; PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL";
/// The same in PostgreSQL: a server that was cut off in the midst of something holds no row for
/// longer than this, and is noticed.
const OF_POSTGRES: &str = "SET idle_in_transaction_session_timeout = '10s'; SET tcp_keepalives_idle = 30; \
     SET tcp_keepalives_interval = 10; SET tcp_keepalives_count = 3; SET tcp_user_timeout = 60000";

/// Why something cannot be kept or found.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The database refuses or is not there.
    #[error("the database failed: {0}")]
    Database(#[from] sqlx::Error),
    /// A newer program has been at work on it.
    #[error(
        "the database is of a newer version: its tables are at step {has}, and this program knows none after {knows}; \
         start the newer program again, or restore a backup from before it"
    )]
    Newer {
        /// The step that is not known here.
        has: i64,
        /// The last one that is.
        knows: i64,
    },
    /// Its tables cannot be brought to today's form.
    #[error("the tables cannot be brought up to date: {0}")]
    Migration(MigrateError),
    /// It does not answer in time.
    #[error("the database does not answer")]
    Slow,
    /// The database has programs of its own for that.
    #[error("PostgreSQL is copied by its own `pg_dump`")]
    Elsewhere,
    /// There is no room for more.
    #[error("there is no room for more")]
    Full,
    /// What is kept is not in a form that is known.
    #[error("what is kept is not in a form that is known: {0}")]
    Form(String),
}

impl Error {
    fn migration(error: MigrateError) -> Error {
        match error {
            MigrateError::VersionMissing(has) => Error::Newer {
                has,
                knows: MIGRATIONS
                    .map(|(step, ..)| step)
                    .into_iter()
                    .max()
                    .unwrap_or(0),
            },
            other => Error::Migration(other),
        }
    }

    fn form(error: serde_json::Error) -> Error {
        Error::Form(error.to_string())
    }
}

/// An open database.
#[derive(Clone, Debug)]
pub struct Store {
    pool: AnyPool,
    /// Where it is not, it is SQLite.
    is_postgres: bool,
    /// Where it is.
    url: SecretString,
    /// Tells what changes.
    events: broadcast::Sender<events::Event>,
}

impl Store {
    /// Opens the database at a URL, `sqlite:…` or `postgres:…`, and brings its tables up to date.
    /// `sqlite::memory:` is forgotten with the process.
    ///
    /// # Errors
    ///
    /// When it cannot be reached, or its tables are of a newer version.
    pub async fn open(url: &str) -> Result<Store, Error> {
        sqlx::any::install_default_drivers();
        let is_sqlite = url.starts_with("sqlite:");
        let is_memory = url.contains(":memory:");
        let mut options = AnyPoolOptions::new()
            .max_connections(if is_memory { 1 } else { CONNECTIONS })
            .acquire_timeout(PATIENCE);
        if is_memory {
            // Closing the only connection would forget everything.
            options = options.idle_timeout(None).max_lifetime(None);
        }
        let begin = if is_sqlite { OF_SQLITE } else { OF_POSTGRES };
        options = options.after_connect(move |connection, _| {
            Box::pin(async move { connection.execute(begin).await.map(|_| ()) })
        });
        if !is_sqlite {
            // Of a connection that the network forgot nobody says that it is gone.
            options = options
                .test_before_acquire(false)
                .before_acquire(|connection, _| Box::pin(lives(connection)))
                .after_release(|connection, _| Box::pin(lives(connection)));
        }
        let opening = async {
            let pool = options.connect(url).await?;
            migrator().run(&pool).await.map_err(Error::migration)?;
            Ok(Store {
                pool,
                is_postgres: !is_sqlite,
                url: url.into(),
                events: broadcast::channel(events::WAITING).0,
            })
        };
        let opened = tokio::time::timeout(OPENING, opening).await;
        opened.unwrap_or(Err(Error::Slow))
    }

    /// Whether the database answers.
    pub async fn is_there(&self) -> bool {
        let asked = sqlx::query("SELECT 1").execute(&self.pool);
        in_time(asked).await.is_ok()
    }

    /// Writes a copy of all that is kept into a file that is not there yet or is empty, while others
    /// go on working. Only SQLite can do that.
    ///
    /// # Errors
    ///
    /// [`Error::Elsewhere`] with PostgreSQL, and when the database fails.
    pub async fn copy_into(&self, file: &str) -> Result<(), Error> {
        if self.is_postgres {
            return Err(Error::Elsewhere);
        }
        // As long as it takes: the copy is as large as the database.
        let asked = sqlx::query("VACUUM INTO $1").bind(file);
        asked.execute(&self.pool).await?;
        Ok(())
    }

    /// Lets go of the database. Who does not answer is not waited for.
    pub async fn close(&self) {
        if tokio::time::timeout(PATIENCE, self.pool.close())
            .await
            .is_err()
        {
            tracing::warn!("the database was left without a word: not all was answered");
        }
    }
}

/// Whether a connection lives; an error closes it without another word.
async fn lives(connection: &mut AnyConnection) -> Result<bool, sqlx::Error> {
    let asked = tokio::time::timeout(SIGN_OF_LIFE, connection.ping()).await;
    asked.unwrap_or(Err(sqlx::Error::PoolTimedOut))?;
    Ok(true)
}

fn migrator() -> Migrator {
    let migration = |(step, name, sql): (i64, &'static str, &'static str)| {
        Migration::new(
            step,
            Cow::Borrowed(name),
            MigrationType::Simple,
            SqlStr::from_static(sql),
            false,
        )
    };
    Migrator::with_migrations(MIGRATIONS.into_iter().map(migration).collect())
}

/// What the database answers, or that it does not.
async fn in_time<T>(asked: impl Future<Output = Result<T, sqlx::Error>>) -> Result<T, Error> {
    match tokio::time::timeout(PATIENCE, asked).await {
        Ok(Err(sqlx::Error::PoolTimedOut)) | Err(_) => Err(Error::Slow),
        Ok(Err(sqlx::Error::InvalidArgument(told))) if told == FULL => Err(Error::Full),
        Ok(answer) => Ok(answer?),
    }
}

/// Says within a transaction that there is no room.
const FULL: &str = "no room";

fn full() -> sqlx::Error {
    sqlx::Error::InvalidArgument(FULL.to_owned())
}
