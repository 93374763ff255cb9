//! What pushes to pull requests were found to hold: findings, sites and places, without code.

use std::collections::BTreeMap;

use sqlx::Row;
use sqlx::any::AnyRow;

use super::{Error, Store, in_time};
use crate::review::Review;
use crate::review::outcome::State;

/// A pull request that was reviewed, as it was then.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reviewed {
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
    /// What it is called.
    pub title: String,
    /// The login of who asks for it.
    pub author: String,
    /// `open` or `closed`.
    pub state: String,
    /// The commit that was reviewed last.
    pub head: String,
    /// When that was, in milliseconds since 1970.
    pub made: i64,
    /// Findings that it introduces.
    pub introduced: i64,
}

/// The review of one push.
#[derive(Clone, Debug, PartialEq)]
pub struct Kept {
    /// The commit that was reviewed.
    pub head: String,
    /// The commit that the change starts from.
    pub merge_base: String,
    /// What was found, without code.
    pub review: Review,
    /// When, in milliseconds since 1970.
    pub made: i64,
}

/// Numbers of findings: introduced, fixed, and there before.
pub type Numbers = [u32; 3];

/// The numbers of one push.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Push {
    /// Of which pull request.
    pub number: i64,
    /// The commit.
    pub head: String,
    /// When it was reviewed, in milliseconds since 1970.
    pub made: i64,
    /// By class.
    pub classes: BTreeMap<String, Numbers>,
}

impl Push {
    /// The numbers of all classes.
    pub fn all(&self) -> Numbers {
        let add = |sum: Numbers, one: &Numbers| [0, 1, 2].map(|at| sum[at] + one[at]);
        self.classes.values().fold([0; 3], add)
    }
}

/// Which pull requests are listed.
#[derive(Clone, Debug, Default)]
pub struct Wanted {
    /// Of this repository alone, `owner/name`; empty for all.
    pub repository: String,
    /// Of this author alone; empty for all.
    pub author: String,
    /// In this state alone; empty for all.
    pub state: String,
    /// Of these repositories alone, by their numbers; nothing for all.
    pub within: Option<Vec<i64>>,
    /// Those that come after this one: when it was reviewed, its repository and number.
    pub after: Option<(i64, i64, i64)>,
    /// As many at most.
    pub most: i64,
}

/// The review without what is somebody's code.
pub(super) fn without_code(review: &Review) -> Review {
    let mut review = review.clone();
    for remark in &mut review.findings {
        remark.excerpt.clear();
        remark.suggestion = None;
        for place in &mut remark.related {
            place.excerpt.clear();
        }
    }
    review
}

fn classes(review: &Review) -> BTreeMap<String, Numbers> {
    let mut classes: BTreeMap<String, Numbers> = BTreeMap::new();
    for remark in &review.findings {
        let at = match remark.state {
            None | Some(State::Introduced) => 0,
            Some(State::Fixed) => 1,
            Some(State::Preexisting) => 2,
        };
        classes.entry(remark.code.clone()).or_default()[at] += 1;
    }
    classes
}

/// Plain data has a JSON form.
pub(super) fn json(value: &impl serde::Serialize) -> String {
    serde_json::to_string(value).unwrap_or_default()
}

impl Store {
    /// Keeps what a push was found to hold, in place of an earlier review of the same push.
    ///
    /// # Errors
    ///
    /// When the database fails.
    pub async fn keep_review(
        &self,
        pull: &Reviewed,
        merge_base: &str,
        review: &Review,
    ) -> Result<(), Error> {
        let body = json(&without_code(review));
        let kept = async {
            let mut both = self.pool.begin().await?;
            sqlx::query(
                "INSERT INTO reviews (repository, number, head, merge_base, installation, body, classes, made) \
                 VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (repository, number, head) DO UPDATE SET \
                 merge_base = excluded.merge_base, installation = excluded.installation, body = excluded.body, \
                 classes = excluded.classes, made = excluded.made",
            )
            .bind(pull.repository)
            .bind(pull.number)
            .bind(&pull.head)
            .bind(merge_base)
            .bind(pull.installation)
            .bind(body)
            .bind(json(&classes(review)))
            .bind(pull.made)
            .execute(&mut *both)
            .await?;
            sqlx::query(
                "INSERT INTO reviewed (repository, number, installation, owner, name, title, author, state, head, made, introduced) \
                 VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) ON CONFLICT (repository, number) DO UPDATE SET \
                 installation = excluded.installation, owner = excluded.owner, name = excluded.name, title = excluded.title, \
                 author = excluded.author, state = excluded.state, head = excluded.head, made = excluded.made, \
                 introduced = excluded.introduced",
            )
            .bind(pull.repository)
            .bind(pull.number)
            .bind(pull.installation)
            .bind(&pull.owner)
            .bind(&pull.name)
            .bind(&pull.title)
            .bind(&pull.author)
            .bind(&pull.state)
            .bind(&pull.head)
            .bind(pull.made)
            .bind(pull.introduced)
            .execute(&mut *both)
            .await?;
            both.commit().await
        };
        in_time(kept).await?;
        self.tell((pull.repository, pull.number)).await
    }

    /// Says that a pull request is open no more.
    ///
    /// # Errors
    ///
    /// When the database fails.
    pub async fn close_reviewed(&self, repository: i64, number: i64) -> Result<(), Error> {
        let asked = sqlx::query(
            "UPDATE reviewed SET state = 'closed' WHERE repository = $1 AND number = $2 AND state <> 'closed'",
        )
        .bind(repository)
        .bind(number);
        if in_time(asked.execute(&self.pool)).await?.rows_affected() > 0 {
            self.tell((repository, number)).await?;
        }
        Ok(())
    }

    /// A pull request by the names that it had last.
    ///
    /// # Errors
    ///
    /// When the database fails.
    pub async fn reviewed(
        &self,
        owner: &str,
        name: &str,
        number: i64,
    ) -> Result<Option<Reviewed>, Error> {
        let asked = sqlx::query(
            "SELECT * FROM reviewed WHERE LOWER(owner) = LOWER($1) AND LOWER(name) = LOWER($2) AND number = $3 \
             ORDER BY made DESC LIMIT 1",
        )
        .bind(owner)
        .bind(name)
        .bind(number);
        let row = in_time(asked.fetch_optional(&self.pool)).await?;
        row.as_ref().map(reviewed).transpose()
    }

    /// The review of a push.
    ///
    /// # Errors
    ///
    /// When the database fails, or what it holds is of another form.
    pub async fn review_of(
        &self,
        repository: i64,
        number: i64,
        head: &str,
    ) -> Result<Option<Kept>, Error> {
        let asked = sqlx::query(
            "SELECT * FROM reviews WHERE repository = $1 AND number = $2 AND head = $3",
        )
        .bind(repository)
        .bind(number)
        .bind(head);
        let row = in_time(asked.fetch_optional(&self.pool)).await?;
        row.as_ref().map(kept).transpose()
    }

    /// The pushes of a pull request that were reviewed, newest first; of all pull requests of the
    /// repository where none is named. At most `most`.
    ///
    /// # Errors
    ///
    /// When the database fails.
    pub async fn pushes(
        &self,
        repository: i64,
        number: Option<i64>,
        most: i64,
    ) -> Result<Vec<Push>, Error> {
        let asked = sqlx::query(
            "SELECT number, head, classes, made FROM reviews WHERE repository = $1 AND ($2 < 0 OR number = $2) \
             ORDER BY made DESC LIMIT $3",
        )
        .bind(repository)
        .bind(number.unwrap_or(-1))
        .bind(most);
        let rows = in_time(asked.fetch_all(&self.pool)).await?;
        rows.iter().map(push).collect()
    }

    /// The pull requests that are wanted, those first that were reviewed last.
    ///
    /// # Errors
    ///
    /// When the database fails.
    pub async fn list_reviewed(&self, wanted: &Wanted) -> Result<Vec<Reviewed>, Error> {
        let (owner, name) = wanted.repository.split_once('/').unwrap_or(("", ""));
        let (made, repository, number) = wanted.after.unwrap_or((i64::MAX, 0, 0));
        // Numbers alone: there is nothing in them that a statement could mistake.
        let within = match &wanted.within {
            Some(numbers) if numbers.is_empty() => return Ok(Vec::new()),
            Some(numbers) => {
                let numbers: Vec<String> = numbers.iter().map(i64::to_string).collect();
                format!("AND repository IN ({}) ", numbers.join(", "))
            }
            None => String::new(),
        };
        let sql = format!(
            "SELECT * FROM reviewed WHERE ($1 = '' OR (owner = $1 AND name = $2)) AND ($3 = '' OR author = $3) \
             AND ($4 = '' OR state = $4) {within}\
             AND (made < $5 OR (made = $5 AND (repository < $6 OR (repository = $6 AND number < $7)))) \
             ORDER BY made DESC, repository DESC, number DESC LIMIT $8",
        );
        let asked = sqlx::query(sqlx::AssertSqlSafe(sql))
            .persistent(wanted.within.is_none())
            .bind(owner)
            .bind(name)
            .bind(&wanted.author)
            .bind(&wanted.state)
            .bind(made)
            .bind(repository)
            .bind(number)
            .bind(wanted.most);
        let rows = in_time(asked.fetch_all(&self.pool)).await?;
        rows.iter().map(reviewed).collect()
    }
}

fn reviewed(row: &AnyRow) -> Result<Reviewed, Error> {
    Ok(Reviewed {
        repository: row.try_get("repository")?,
        number: row.try_get("number")?,
        installation: row.try_get("installation")?,
        owner: row.try_get("owner")?,
        name: row.try_get("name")?,
        title: row.try_get("title")?,
        author: row.try_get("author")?,
        state: row.try_get("state")?,
        head: row.try_get("head")?,
        made: row.try_get("made")?,
        introduced: row.try_get("introduced")?,
    })
}

fn kept(row: &AnyRow) -> Result<Kept, Error> {
    let body: String = row.try_get("body")?;
    Ok(Kept {
        head: row.try_get("head")?,
        merge_base: row.try_get("merge_base")?,
        review: serde_json::from_str(&body).map_err(Error::form)?,
        made: row.try_get("made")?,
    })
}

fn push(row: &AnyRow) -> Result<Push, Error> {
    let classes: String = row.try_get("classes")?;
    Ok(Push {
        number: row.try_get("number")?,
        head: row.try_get("head")?,
        made: row.try_get("made")?,
        classes: serde_json::from_str(&classes).map_err(Error::form)?,
    })
}
