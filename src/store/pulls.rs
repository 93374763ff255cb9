//! The pull requests that were seen: which of them has a commit as its head. Some events name
//! only the commit.

use sqlx::Row;
use sqlx::any::AnyRow;

use super::{Error, Store, in_time};

/// A repository that was seen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// Its number, which no rename changes.
    pub repository: i64,
    /// Through which installation it is seen.
    pub installation: i64,
    /// Whose it is.
    pub owner: String,
    /// Its name.
    pub name: String,
    /// Whether it was private when it was looked at last, as far as that is known.
    pub private: bool,
}

/// A pull request that was seen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pull {
    /// The number of its repository, which no rename changes.
    pub repository: i64,
    /// Its number within the repository.
    pub number: i64,
    /// Through which installation it is seen.
    pub installation: i64,
    /// Whose repository it is.
    pub owner: String,
    /// The name of the repository.
    pub name: String,
    /// The commit at its head when it was seen last.
    pub head: String,
    /// When that was, in milliseconds since 1970.
    pub seen: i64,
    /// Whether the repository was private then.
    pub private: bool,
}

impl Store {
    /// Remembers a pull request.
    ///
    /// # Errors
    ///
    /// When the database fails.
    pub async fn remember_pull(&self, pull: &Pull) -> Result<(), Error> {
        let asked = sqlx::query(
            "INSERT INTO pulls (repository, number, installation, owner, name, head, seen) \
             VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (repository, number) DO UPDATE SET \
             installation = excluded.installation, owner = excluded.owner, name = excluded.name, \
             head = excluded.head, seen = excluded.seen",
        )
        .bind(pull.repository)
        .bind(pull.number)
        .bind(pull.installation)
        .bind(&pull.owner)
        .bind(&pull.name)
        .bind(&pull.head)
        .bind(pull.seen);
        in_time(asked.execute(&self.pool)).await?;
        self.name_repository(pull).await
    }

    /// Remembers what a repository is called, for when no pull request of it is open any more.
    async fn name_repository(&self, pull: &Pull) -> Result<(), Error> {
        let asked = sqlx::query(
            "INSERT INTO repositories (repository, installation, owner, name, seen, private) \
             VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (repository) DO UPDATE SET \
             installation = excluded.installation, owner = excluded.owner, name = excluded.name, \
             seen = excluded.seen, private = excluded.private",
        )
        .bind(pull.repository)
        .bind(pull.installation)
        .bind(&pull.owner)
        .bind(&pull.name)
        .bind(pull.seen)
        .bind(i64::from(pull.private));
        in_time(asked.execute(&self.pool)).await.map(|_| ())
    }

    /// The repository that was seen under a name last.
    ///
    /// # Errors
    ///
    /// When the database fails.
    pub async fn repository_named(&self, owner: &str, name: &str) -> Result<Option<Found>, Error> {
        let asked = sqlx::query(
            "SELECT * FROM repositories WHERE LOWER(owner) = LOWER($1) AND LOWER(name) = LOWER($2) \
             ORDER BY seen DESC LIMIT 1",
        )
        .bind(owner)
        .bind(name);
        let row = in_time(asked.fetch_optional(&self.pool)).await?;
        row.as_ref().map(found).transpose()
    }

    /// Says whether a repository is private.
    ///
    /// # Errors
    ///
    /// When the database fails.
    pub async fn set_private(&self, repository: i64, private: bool) -> Result<(), Error> {
        let asked = sqlx::query("UPDATE repositories SET private = $2 WHERE repository = $1")
            .bind(repository)
            .bind(i64::from(private));
        in_time(asked.execute(&self.pool)).await.map(|_| ())
    }

    /// The installations with repositories that were seen; of those with public ones alone where
    /// that is asked.
    ///
    /// # Errors
    ///
    /// When the database fails.
    pub async fn installations(&self, public_alone: bool) -> Result<Vec<i64>, Error> {
        let asked = sqlx::query(
            "SELECT DISTINCT installation FROM repositories WHERE private <= $1 ORDER BY installation",
        )
        .bind(i64::from(!public_alone));
        let rows = in_time(asked.fetch_all(&self.pool)).await?;
        let numbers: Result<Vec<i64>, sqlx::Error> =
            rows.iter().map(|row| row.try_get("installation")).collect();
        Ok(numbers?)
    }

    /// The pull requests of a repository that had this commit as their head.
    ///
    /// # Errors
    ///
    /// When the database fails.
    pub async fn pulls_with_head(&self, repository: i64, head: &str) -> Result<Vec<i64>, Error> {
        let asked = sqlx::query(
            "SELECT number FROM pulls WHERE head = $1 AND repository = $2 ORDER BY number",
        )
        .bind(head)
        .bind(repository);
        let rows = in_time(asked.fetch_all(&self.pool)).await?;
        let numbers: Result<Vec<i64>, sqlx::Error> =
            rows.iter().map(|row| row.try_get("number")).collect();
        Ok(numbers?)
    }

    /// Forgets a pull request that was closed.
    ///
    /// # Errors
    ///
    /// When the database fails.
    pub async fn forget_pull(&self, repository: i64, number: i64) -> Result<(), Error> {
        let asked = sqlx::query("DELETE FROM pulls WHERE repository = $1 AND number = $2")
            .bind(repository)
            .bind(number);
        in_time(asked.execute(&self.pool)).await.map(|_| ())
    }
}

fn found(row: &AnyRow) -> Result<Found, Error> {
    let private: i64 = row.try_get("private")?;
    Ok(Found {
        repository: row.try_get("repository")?,
        installation: row.try_get("installation")?,
        owner: row.try_get("owner")?,
        name: row.try_get("name")?,
        private: private != 0,
    })
}
