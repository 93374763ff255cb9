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
pub mod queue;
pub mod reviews;
pub mod sessions;

use std::borrow::Cow;
use std::future::Future;
use std::time::Duration;

use secrecy::SecretString;
use sqlx::any::AnyPoolOptions;
use sqlx::migrate::{Migration, MigrationType, Migrator};
use sqlx::{AnyPool, Executor, SqlStr};
use tokio::sync::broadcast;

/// The steps from an empty database to today's, in order. A step that has landed never changes.
const MIGRATIONS: [(&str, &str); 5] = [
    ("kept", include_str!("migrations/0001_kept.sql")),
    ("github", include_str!("migrations/0002_github.sql")),
    ("patience", include_str!("migrations/0003_patience.sql")),
    ("reviews", include_str!("migrations/0004_reviews.sql")),
    ("accounts", include_str!("migrations/0005_accounts.sql")),
];
/// How long anything may wait for the database.
const PATIENCE: Duration = Duration::from_secs(3);
/// How long opening may take: migrations run then.
const OPENING: Duration = Duration::from_secs(30);
/// Connections at the same time; SQLite has one writer anyway.
const CONNECTIONS: u32 = 8;

/// Why something cannot be kept or found.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The database refuses or is not there.
    #[error("the database failed: {0}")]
    Database(#[from] sqlx::Error),
    /// Its tables cannot be brought to today's form.
    #[error("the tables cannot be brought up to date: {0}")]
    Migration(#[from] sqlx::migrate::MigrateError),
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
        if is_sqlite {
            options = options.after_connect(|connection, _| {
                Box::pin(async move {
                    connection
                        .execute("PRAGMA busy_timeout = 2000; PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL")
                        .await?;
                    Ok(())
                })
            });
        }
        let opening = async {
            let pool = options.connect(url).await?;
            migrator().run(&pool).await?;
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

    /// Lets go of the database.
    pub async fn close(&self) {
        self.pool.close().await;
    }
}

fn migrator() -> Migrator {
    let migration = |(at, (name, sql)): (usize, (&'static str, &'static str))| {
        Migration::new(
            at as i64 + 1,
            Cow::Borrowed(name),
            MigrationType::Simple,
            SqlStr::from_static(sql),
            false,
        )
    };
    Migrator::with_migrations(MIGRATIONS.into_iter().enumerate().map(migration).collect())
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
