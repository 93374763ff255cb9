//! What is forgotten because it is old, or because its repository or installation is out of reach.

use sqlx::{Any, Row, Transaction};

use super::events::ANYTHING;
use super::{Error, Store, in_time};

/// Rows that are forgotten in one go, so that nobody waits long for them.
const STEP: u32 = 500;

/// What is to be forgotten. Times are milliseconds since 1970.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Old {
    /// What was kept before this time.
    pub before: i64,
    /// Deliveries that came before this time: GitHub may send the younger ones again.
    pub deliveries_before: i64,
    /// Of this repository alone, by its number. Deliveries are of none.
    pub repository: Option<i64>,
}

/// How many of a kind were forgotten.
pub type Forgotten = Vec<(Kind, u64)>;

/// A kind of thing that is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Kind {
    /// What one is called, and several.
    names: (&'static str, &'static str),
    /// The table that it stands in.
    pub table: &'static str,
    /// The columns by which a row is known.
    key: &'static str,
    /// Which rows are old: `$1` is the time.
    old: &'static str,
    /// Which rows are of the repository `$2`; nothing where they are of none.
    of: Option<&'static str>,
}

/// Of a pull request of which no review is left.
const UNREVIEWED: [&str; 3] = [
    "NOT EXISTS (SELECT 1 FROM reviewed WHERE reviewed.repository = marks.repository \
     AND reviewed.number = marks.number AND reviewed.made >= $1)",
    "NOT EXISTS (SELECT 1 FROM reviewed WHERE reviewed.repository = looks.repository \
     AND reviewed.number = looks.number AND reviewed.made >= $1)",
    "NOT EXISTS (SELECT 1 FROM reviewed WHERE reviewed.repository = posts.repository \
     AND reviewed.number = posts.number AND reviewed.made >= $1)",
];
/// A repository that has the number `$2`.
const THAT_ONE: Option<&str> = Some("repository = $2");
/// The jobs of a repository, by their keys.
const ITS_JOBS: &str = "(key = 'audit:' || $2 OR key LIKE 'pull:' || $2 || ':%' OR key LIKE 'command:' || $2 || ':%' \
     OR key LIKE 'post:' || $2 || ':%' OR key LIKE 'rerun:' || $2 || ':%')";

const fn kind(
    names: (&'static str, &'static str),
    (table, key): (&'static str, &'static str),
    old: &'static str,
    of: Option<&'static str>,
) -> Kind {
    Kind {
        names,
        table,
        key,
        old,
        of,
    }
}

/// All that grows old, those first that hang on others.
const KINDS: [Kind; 9] = [
    kind(
        ("mark", "marks"),
        ("marks", "repository, number, item, viewer"),
        UNREVIEWED[0],
        THAT_ONE,
    ),
    kind(
        ("look of a reviewer", "looks of reviewers"),
        ("looks", "repository, number, viewer"),
        UNREVIEWED[1],
        THAT_ONE,
    ),
    kind(
        ("text to be posted", "texts to be posted"),
        ("posts", "id"),
        UNREVIEWED[2],
        THAT_ONE,
    ),
    kind(
        ("review of a push", "reviews of pushes"),
        ("reviews", "repository, number, head"),
        "made < $1",
        THAT_ONE,
    ),
    kind(
        (
            "pull request that was reviewed",
            "pull requests that were reviewed",
        ),
        ("reviewed", "repository, number"),
        "made < $1",
        THAT_ONE,
    ),
    kind(
        (
            "review of a whole repository",
            "reviews of whole repositories",
        ),
        ("audits", "id"),
        "made < $1",
        THAT_ONE,
    ),
    kind(
        ("dismissal that had ended", "dismissals that had ended"),
        ("dismissals", "repository, fingerprint"),
        "ends < $1",
        THAT_ONE,
    ),
    kind(
        ("pull request that was seen", "pull requests that were seen"),
        ("pulls", "repository, number"),
        "seen < $1",
        THAT_ONE,
    ),
    kind(
        ("job that was given up", "jobs that were given up"),
        ("jobs", "key"),
        "state = 'dead' AND made < $1",
        Some(ITS_JOBS),
    ),
];
/// Deliveries have a time of their own.
const DELIVERIES: Kind = kind(
    ("delivery", "deliveries"),
    ("deliveries", "guid"),
    "received < $1",
    None,
);

/// The tables that have rows of a repository.
const OF_REPOSITORIES: [&str; 9] = [
    "pulls",
    "repositories",
    "dismissals",
    "reviewed",
    "reviews",
    "marks",
    "looks",
    "posts",
    "audits",
];
impl Kind {
    /// So many of it, in words.
    pub fn counted(&self, number: u64) -> String {
        let name = if number == 1 {
            self.names.0
        } else {
            self.names.1
        };
        format!("{number} {name}")
    }

    /// Which rows are meant.
    fn rows(&self, of_repository: bool) -> Option<String> {
        match (self.of, of_repository) {
            (Some(of), true) => Some(format!("{} AND {of}", self.old)),
            (None, true) => None,
            (_, false) => Some(self.old.to_owned()),
        }
    }
}

impl Store {
    /// How much is old.
    ///
    /// # Errors
    ///
    /// When the database fails.
    pub async fn count_old(&self, old: &Old) -> Result<Forgotten, Error> {
        let mut all = Vec::new();
        for (kind, before) in kinds(old) {
            if let Some(rows) = kind.rows(old.repository.is_some()) {
                let sql = format!("SELECT COUNT(*) AS rows FROM {} WHERE {rows}", kind.table);
                let asked = bound(sql, before, old.repository).fetch_one(&self.pool);
                let number: i64 = in_time(asked).await?.try_get("rows")?;
                all.push((kind, u64::try_from(number).unwrap_or(0)));
            }
        }
        Ok(all)
    }

    /// How much is kept of a repository.
    ///
    /// # Errors
    ///
    /// When the database fails.
    pub async fn count_of(&self, repository: i64) -> Result<Forgotten, Error> {
        let mut all = Vec::new();
        for kind in KINDS {
            let Some(of) = kind.of else { continue };
            let of = of.replace("$2", "$1");
            let sql = format!("SELECT COUNT(*) AS rows FROM {} WHERE {of}", kind.table);
            let asked = sqlx::query(sqlx::AssertSqlSafe(sql));
            let asked = if kind.table == "jobs" {
                asked.bind(repository.to_string())
            } else {
                asked.bind(repository)
            };
            let number: i64 = in_time(asked.fetch_one(&self.pool))
                .await?
                .try_get("rows")?;
            all.push((kind, u64::try_from(number).unwrap_or(0)));
        }
        Ok(all)
    }

    /// Forgets what is old; says how much that was.
    ///
    /// # Errors
    ///
    /// When the database fails. What was forgotten by then is forgotten.
    pub async fn forget_old(&self, old: &Old) -> Result<Forgotten, Error> {
        let mut all = Vec::new();
        for (kind, before) in kinds(old) {
            let Some(rows) = kind.rows(old.repository.is_some()) else {
                continue;
            };
            let Kind { table, key, .. } = kind;
            let sql = format!(
                "DELETE FROM {table} WHERE ({key}) IN (SELECT {key} FROM {table} WHERE {rows} LIMIT {STEP})"
            );
            let mut gone = 0;
            loop {
                let asked = bound(sql.clone(), before, old.repository).execute(&self.pool);
                let some = in_time(asked).await?.rows_affected();
                gone += some;
                if some < u64::from(STEP) {
                    break;
                }
            }
            all.push((kind, gone));
        }
        if all.iter().any(|(_, gone)| *gone > 0) {
            self.tell(ANYTHING).await?;
        }
        Ok(all)
    }

    /// Forgets all that is kept of a repository that is out of reach now. What is being done for it
    /// is done once more, and finds that out too.
    ///
    /// # Errors
    ///
    /// When the database fails; then nothing is forgotten.
    pub async fn forget_repository(&self, repository: i64) -> Result<(), Error> {
        let mut all = self.begin().await?;
        for table in OF_REPOSITORIES {
            delete(
                &mut all,
                format!("DELETE FROM {table} WHERE repository = $1"),
                repository,
            )
            .await?;
        }
        for sql in [
            "DELETE FROM jobs WHERE state <> 'running' AND ",
            "UPDATE jobs SET asked = asked + 1 WHERE ",
        ] {
            let sql = format!("{sql}{}", ITS_JOBS.replace("$2", "$1"));
            let asked = sqlx::query(sqlx::AssertSqlSafe(sql)).bind(repository.to_string());
            asked.execute(&mut *all).await?;
        }
        in_time(all.commit()).await?;
        self.tell((repository, 0)).await
    }

    /// Forgets everything of an installation.
    ///
    /// # Errors
    ///
    /// When the database fails; then nothing is forgotten.
    pub async fn purge(&self, installation: i64) -> Result<(), Error> {
        let mut all = self.begin().await?;
        let before = ["deliveries", "pacing"].into_iter();
        // The job that forgets it is the last to go.
        for table in before.chain(OF_REPOSITORIES).chain(["jobs"]) {
            let sql = format!("DELETE FROM {table} WHERE installation = $1");
            delete(&mut all, sql, installation).await?;
        }
        in_time(all.commit()).await?;
        self.tell(ANYTHING).await
    }

    async fn begin(&self) -> Result<Transaction<'static, Any>, Error> {
        in_time(self.pool.begin()).await
    }
}

fn kinds(old: &Old) -> impl Iterator<Item = (Kind, i64)> {
    let own = KINDS.into_iter().map(|kind| (kind, old.before));
    own.chain([(DELIVERIES, old.deliveries_before)])
}

fn bound(
    sql: String,
    before: i64,
    repository: Option<i64>,
) -> sqlx::query::Query<'static, Any, sqlx::any::AnyArguments> {
    let has_jobs = sql.contains(ITS_JOBS);
    let asked = sqlx::query(sqlx::AssertSqlSafe(sql)).bind(before);
    match repository {
        // Keys are texts.
        Some(repository) if has_jobs => asked.bind(repository.to_string()),
        Some(repository) => asked.bind(repository),
        None => asked,
    }
}

async fn delete(
    within: &mut Transaction<'static, Any>,
    sql: String,
    whose: i64,
) -> Result<(), Error> {
    let asked = sqlx::query(sqlx::AssertSqlSafe(sql)).bind(whose);
    // As long as it takes: a large installation has much.
    asked.execute(&mut **within).await?;
    Ok(())
}
