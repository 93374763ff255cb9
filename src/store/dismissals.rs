//! Findings that somebody dismissed: who, why, until when.

use sqlx::Row;
use sqlx::any::AnyRow;

use super::{Error, Store, in_time};

/// A finding that is not to be told again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dismissal {
    /// The number of its repository.
    pub repository: i64,
    /// Which finding, however lines move.
    pub fingerprint: String,
    /// Through which installation it was dismissed.
    pub installation: i64,
    /// `ignored` or `false-positive`.
    pub kind: String,
    /// Its class, `BP06`.
    pub code: String,
    /// Where it was.
    pub path: String,
    /// Why.
    pub reason: String,
    /// The login of who dismissed it.
    pub who: String,
    /// In which pull request.
    pub pull: i64,
    /// When, in milliseconds since 1970.
    pub made: i64,
    /// Until when, in milliseconds since 1970; without it for good.
    pub ends: Option<i64>,
}

impl Store {
    /// Keeps a dismissal in place of an earlier one of the same finding.
    ///
    /// # Errors
    ///
    /// When the database fails.
    pub async fn dismiss(&self, dismissal: &Dismissal) -> Result<(), Error> {
        let asked = sqlx::query(
            "INSERT INTO dismissals (repository, fingerprint, installation, kind, code, path, reason, who, pull, made, ends) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) ON CONFLICT (repository, fingerprint) DO UPDATE SET \
             kind = excluded.kind, reason = excluded.reason, who = excluded.who, pull = excluded.pull, \
             made = excluded.made, ends = excluded.ends",
        )
        .bind(dismissal.repository)
        .bind(&dismissal.fingerprint)
        .bind(dismissal.installation)
        .bind(&dismissal.kind)
        .bind(&dismissal.code)
        .bind(&dismissal.path)
        .bind(&dismissal.reason)
        .bind(&dismissal.who)
        .bind(dismissal.pull)
        .bind(dismissal.made)
        .bind(dismissal.ends);
        in_time(asked.execute(&self.pool)).await.map(|_| ())
    }

    /// The dismissals of a repository that hold at a time, newest first.
    ///
    /// # Errors
    ///
    /// When the database fails.
    pub async fn dismissals(&self, repository: i64, now: i64) -> Result<Vec<Dismissal>, Error> {
        let asked = sqlx::query(
            "SELECT * FROM dismissals WHERE repository = $1 AND (ends IS NULL OR ends > $2) ORDER BY made DESC",
        )
        .bind(repository)
        .bind(now);
        let rows = in_time(asked.fetch_all(&self.pool)).await?;
        rows.iter().map(dismissal).collect()
    }
}

fn dismissal(row: &AnyRow) -> Result<Dismissal, Error> {
    Ok(Dismissal {
        repository: row.try_get("repository")?,
        fingerprint: row.try_get("fingerprint")?,
        installation: row.try_get("installation")?,
        kind: row.try_get("kind")?,
        code: row.try_get("code")?,
        path: row.try_get("path")?,
        reason: row.try_get("reason")?,
        who: row.try_get("who")?,
        pull: row.try_get("pull")?,
        made: row.try_get("made")?,
        ends: row.try_get("ends")?,
    })
}
