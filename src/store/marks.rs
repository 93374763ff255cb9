//! What reviewers say of a pull request: their marks, when they looked last, and what is posted for
//! them.

use sqlx::Row;
use sqlx::any::AnyRow;

use super::{Error, Store, in_time};

/// What somebody says of an item of the checklist.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mark {
    /// The number of the repository.
    pub repository: i64,
    /// The number of the pull request.
    pub number: i64,
    /// The item, `C1`.
    pub item: String,
    /// Who says it, by what they are known.
    pub viewer: String,
    /// Through which installation the pull request is seen.
    pub installation: i64,
    /// Who says it, as others are told.
    pub name: String,
    /// `ok`, `concern` or `not-applicable`.
    pub state: String,
    /// In their words.
    pub note: String,
    /// The commit that they looked at.
    pub head: String,
    /// A digest of what the item was about there.
    pub digest: String,
    /// When, in milliseconds since 1970.
    pub made: i64,
}

/// Something that is to be said on a pull request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Post {
    /// What it is known by.
    pub id: String,
    /// The number of the repository.
    pub repository: i64,
    /// The number of the pull request.
    pub number: i64,
    /// For whom.
    pub viewer: String,
    /// Through which installation.
    pub installation: i64,
    /// The words.
    pub body: String,
    /// When it was asked for, in milliseconds since 1970.
    pub made: i64,
    /// When it was posted.
    pub posted: Option<i64>,
}

impl Store {
    /// Keeps a mark in place of an earlier one of the same reviewer.
    ///
    /// # Errors
    ///
    /// When the database fails.
    pub async fn mark(&self, mark: &Mark) -> Result<(), Error> {
        let asked = sqlx::query(
            "INSERT INTO marks (repository, number, item, viewer, installation, name, state, note, head, digest, made) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) ON CONFLICT (repository, number, item, viewer) \
             DO UPDATE SET name = excluded.name, state = excluded.state, note = excluded.note, head = excluded.head, \
             digest = excluded.digest, made = excluded.made",
        )
        .bind(mark.repository)
        .bind(mark.number)
        .bind(&mark.item)
        .bind(&mark.viewer)
        .bind(mark.installation)
        .bind(&mark.name)
        .bind(&mark.state)
        .bind(&mark.note)
        .bind(&mark.head)
        .bind(&mark.digest)
        .bind(mark.made);
        in_time(asked.execute(&self.pool)).await?;
        self.tell((mark.repository, mark.number)).await
    }

    /// Takes a mark back.
    ///
    /// # Errors
    ///
    /// When the database fails.
    pub async fn unmark(
        &self,
        (repository, number): (i64, i64),
        item: &str,
        viewer: &str,
    ) -> Result<(), Error> {
        let asked = sqlx::query(
            "DELETE FROM marks WHERE repository = $1 AND number = $2 AND item = $3 AND viewer = $4",
        )
        .bind(repository)
        .bind(number)
        .bind(item)
        .bind(viewer);
        in_time(asked.execute(&self.pool)).await?;
        self.tell((repository, number)).await
    }

    /// The marks on a pull request, oldest first.
    ///
    /// # Errors
    ///
    /// When the database fails.
    pub async fn marks(&self, repository: i64, number: i64) -> Result<Vec<Mark>, Error> {
        let asked = sqlx::query(
            "SELECT * FROM marks WHERE repository = $1 AND number = $2 ORDER BY made, viewer, item",
        )
        .bind(repository)
        .bind(number);
        let rows = in_time(asked.fetch_all(&self.pool)).await?;
        rows.iter().map(mark).collect()
    }

    /// Says that somebody looks at a push now; gives the push that they looked at before this one,
    /// if they did.
    ///
    /// # Errors
    ///
    /// When the database fails.
    pub async fn look(
        &self,
        (repository, number, installation): (i64, i64, i64),
        viewer: &str,
        head: &str,
        now: i64,
    ) -> Result<Option<String>, Error> {
        let asked = sqlx::query(
            "INSERT INTO looks (repository, number, viewer, installation, head, earlier, made) \
             VALUES ($1, $2, $3, $4, $5, '', $6) ON CONFLICT (repository, number, viewer) DO UPDATE SET \
             earlier = CASE WHEN looks.head = excluded.head THEN looks.earlier ELSE looks.head END, \
             head = excluded.head, made = excluded.made RETURNING earlier",
        )
        .bind(repository)
        .bind(number)
        .bind(viewer)
        .bind(installation)
        .bind(head)
        .bind(now);
        let row = in_time(asked.fetch_one(&self.pool)).await?;
        let earlier: String = row.try_get("earlier")?;
        Ok(Some(earlier).filter(|earlier| !earlier.is_empty()))
    }

    /// Keeps what is to be posted. What is known by the same name already stays as it is.
    ///
    /// # Errors
    ///
    /// When the database fails.
    pub async fn ask_to_post(&self, post: &Post) -> Result<(), Error> {
        let asked = sqlx::query(
            "INSERT INTO posts (id, repository, number, viewer, installation, body, made) \
             VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (id) DO NOTHING",
        )
        .bind(&post.id)
        .bind(post.repository)
        .bind(post.number)
        .bind(&post.viewer)
        .bind(post.installation)
        .bind(&post.body)
        .bind(post.made);
        in_time(asked.execute(&self.pool)).await?;
        self.tell((post.repository, post.number)).await
    }

    /// What is to be posted, or was.
    ///
    /// # Errors
    ///
    /// When the database fails.
    pub async fn post(&self, id: &str) -> Result<Option<Post>, Error> {
        let asked = sqlx::query("SELECT * FROM posts WHERE id = $1").bind(id);
        let row = in_time(asked.fetch_optional(&self.pool)).await?;
        row.as_ref().map(post).transpose()
    }

    /// What was posted last for somebody on a pull request, or is to be.
    ///
    /// # Errors
    ///
    /// When the database fails.
    pub async fn last_post(
        &self,
        repository: i64,
        number: i64,
        viewer: &str,
    ) -> Result<Option<Post>, Error> {
        let asked = sqlx::query(
            "SELECT * FROM posts WHERE repository = $1 AND number = $2 AND viewer = $3 ORDER BY made DESC LIMIT 1",
        )
        .bind(repository)
        .bind(number)
        .bind(viewer);
        let row = in_time(asked.fetch_optional(&self.pool)).await?;
        row.as_ref().map(post).transpose()
    }

    /// Says that something was posted.
    ///
    /// # Errors
    ///
    /// When the database fails.
    pub async fn posted(&self, post: &Post, now: i64) -> Result<(), Error> {
        let asked = sqlx::query("UPDATE posts SET posted = $2 WHERE id = $1 AND posted IS NULL")
            .bind(&post.id)
            .bind(now);
        in_time(asked.execute(&self.pool)).await?;
        self.tell((post.repository, post.number)).await
    }
}

fn mark(row: &AnyRow) -> Result<Mark, Error> {
    Ok(Mark {
        repository: row.try_get("repository")?,
        number: row.try_get("number")?,
        item: row.try_get("item")?,
        viewer: row.try_get("viewer")?,
        installation: row.try_get("installation")?,
        name: row.try_get("name")?,
        state: row.try_get("state")?,
        note: row.try_get("note")?,
        head: row.try_get("head")?,
        digest: row.try_get("digest")?,
        made: row.try_get("made")?,
    })
}

fn post(row: &AnyRow) -> Result<Post, Error> {
    Ok(Post {
        id: row.try_get("id")?,
        repository: row.try_get("repository")?,
        number: row.try_get("number")?,
        viewer: row.try_get("viewer")?,
        installation: row.try_get("installation")?,
        body: row.try_get("body")?,
        made: row.try_get("made")?,
        posted: row.try_get("posted")?,
    })
}
