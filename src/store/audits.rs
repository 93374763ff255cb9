//! Reviews of whole repositories: how far they are, and what they found.

use sqlx::Row;
use sqlx::any::AnyRow;

use super::reviews::{json, without_code};
use super::{Error, Store, in_time};
use crate::review::Review;

/// A review of a whole repository.
#[derive(Clone, Debug, PartialEq)]
pub struct Audit {
    /// What it is known by.
    pub id: String,
    /// The number of the repository.
    pub repository: i64,
    /// Through which installation.
    pub installation: i64,
    /// Who asked for it, as others are told.
    pub who: String,
    /// `waiting`, `reading`, `done` or `failed`.
    pub state: String,
    /// The commit that is looked at; empty until it is known.
    pub head: String,
    /// Files that were read.
    pub done: i64,
    /// Files that there are to read.
    pub files: i64,
    /// What was found, when it is done.
    pub review: Option<Review>,
    /// When it was asked for, in milliseconds since 1970.
    pub made: i64,
}

impl Store {
    /// Keeps how far an audit is.
    ///
    /// # Errors
    ///
    /// When the database fails.
    pub async fn keep_audit(&self, audit: &Audit) -> Result<(), Error> {
        let body = audit.review.as_ref();
        let body = body.map(|review| json(&without_code(review)));
        let asked = sqlx::query(
            "INSERT INTO audits (id, repository, installation, who, state, head, done, files, body, made) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT (id) DO UPDATE SET state = excluded.state, \
             head = excluded.head, done = excluded.done, files = excluded.files, body = excluded.body",
        )
        .bind(&audit.id)
        .bind(audit.repository)
        .bind(audit.installation)
        .bind(&audit.who)
        .bind(&audit.state)
        .bind(&audit.head)
        .bind(audit.done)
        .bind(audit.files)
        .bind(body)
        .bind(audit.made);
        in_time(asked.execute(&self.pool)).await?;
        self.tell((audit.repository, 0)).await
    }

    /// An audit.
    ///
    /// # Errors
    ///
    /// When the database fails, or what it holds is of another form.
    pub async fn audit(&self, id: &str) -> Result<Option<Audit>, Error> {
        let asked = sqlx::query("SELECT * FROM audits WHERE id = $1").bind(id);
        let row = in_time(asked.fetch_optional(&self.pool)).await?;
        row.as_ref().map(audit).transpose()
    }

    /// The audit of a repository that was asked for last.
    ///
    /// # Errors
    ///
    /// When the database fails, or what it holds is of another form.
    pub async fn last_audit(&self, repository: i64) -> Result<Option<Audit>, Error> {
        let asked =
            sqlx::query("SELECT * FROM audits WHERE repository = $1 ORDER BY made DESC LIMIT 1")
                .bind(repository);
        let row = in_time(asked.fetch_optional(&self.pool)).await?;
        row.as_ref().map(audit).transpose()
    }
}

fn audit(row: &AnyRow) -> Result<Audit, Error> {
    let body: Option<String> = row.try_get("body")?;
    Ok(Audit {
        id: row.try_get("id")?,
        repository: row.try_get("repository")?,
        installation: row.try_get("installation")?,
        who: row.try_get("who")?,
        state: row.try_get("state")?,
        head: row.try_get("head")?,
        done: row.try_get("done")?,
        files: row.try_get("files")?,
        review: body
            .map(|body| serde_json::from_str(&body).map_err(Error::form))
            .transpose()?,
        made: row.try_get("made")?,
    })
}
