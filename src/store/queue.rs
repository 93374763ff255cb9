//! Work that outlives the process: what was asked for, who does it, what failed.
//!
//! A job is known by its key, and asking twice is asking once: a job that waits is asked for
//! already, and one that is being done is done again afterwards. Jobs of one lane are done one at
//! a time, by an index of the database and not by good manners. Who does a job holds it for a
//! bounded time; who dies lets go of it by that.
//!
//! This is one small table and no library. The one that was tried (apalis 1.0) fetches a failed
//! task again at once, whatever the wait; knows no lanes; takes a key for used for ever, so that a
//! newer push, or a delivery that is sent again after it failed, would be lost; and cannot write
//! the task in the transaction that writes the delivery.

use sqlx::Row;
use sqlx::any::AnyRow;

use super::asking::ask;
use super::{Error, Store, in_time};

/// What is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    /// What it is known by.
    pub key: String,
    /// Jobs of one lane are done one at a time.
    pub lane: String,
    /// The installation that it is for; 0 when it is for none.
    pub installation: i64,
    /// What is to be done: a JSON object, whose members are the caller's. Where a job is asked for
    /// again they are joined.
    pub body: String,
    /// When it may begin, in milliseconds since 1970.
    pub due: i64,
}

/// A job that somebody holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Job {
    /// What it is known by.
    pub key: String,
    /// The installation that it is for.
    pub installation: i64,
    /// What is to be done.
    pub body: String,
    /// How often it had been asked for when it was taken.
    pub asked: i64,
    /// The how-manieth try this is, from 1.
    pub tries: u32,
    /// Who holds it.
    pub holder: String,
    /// When it was asked for first, in milliseconds since 1970.
    pub made: i64,
}

/// A job that was given up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dead {
    /// What it is known by.
    pub key: String,
    /// What was to be done.
    pub body: String,
    /// How often it was tried.
    pub tries: u32,
    /// Why it failed last.
    pub failure: String,
    /// When it was asked for, in milliseconds since 1970.
    pub made: i64,
}

/// How full the queue is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Depth {
    /// Jobs that wait.
    pub waiting: i64,
    /// Jobs that are being done.
    pub running: i64,
    /// Jobs that were given up.
    pub dead: i64,
    /// When the oldest of those that wait might have begun, in milliseconds since 1970.
    pub oldest: Option<i64>,
}

/// A delivery of a webhook.
#[derive(Clone, Copy, Debug)]
pub struct Delivery<'a> {
    /// Its GUID, which it keeps when it is sent again.
    pub guid: &'a str,
    /// What it tells of.
    pub event: &'a str,
    /// The installation that it is about; 0 when it is about none.
    pub installation: i64,
    /// When it came, in milliseconds since 1970.
    pub received: i64,
}

/// What became of a delivery.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TakenIn {
    /// It is kept, and with it what it asks for.
    New,
    /// It was here before, and what it asked for is done or waits.
    Known,
    /// It was here before, and what it asked for had been given up: it waits again.
    Revived,
}

impl Store {
    /// Keeps a delivery and what it asks for, both or neither.
    ///
    /// # Errors
    ///
    /// [`Error::Full`] when `most` jobs wait.
    pub async fn take_in(
        &self,
        delivery: Delivery<'_>,
        asked: Option<&Asked>,
        most: u32,
    ) -> Result<TakenIn, Error> {
        in_time(self.taken_in(delivery, asked, most)).await
    }

    async fn taken_in(
        &self,
        delivery: Delivery<'_>,
        asked: Option<&Asked>,
        most: u32,
    ) -> Result<TakenIn, sqlx::Error> {
        let mut transaction = self.pool.begin().await?;
        let inserted = sqlx::query(
            "INSERT INTO deliveries (guid, event, installation, job, received) \
             VALUES ($1, $2, $3, $4, $5) ON CONFLICT (guid) DO NOTHING",
        )
        .bind(delivery.guid)
        .bind(delivery.event)
        .bind(delivery.installation)
        .bind(asked.map(|asked| asked.key.as_str()))
        .bind(delivery.received)
        .execute(&mut *transaction)
        .await?;
        let taken = if inserted.rows_affected() > 0 {
            if let Some(asked) = asked {
                ask(&mut transaction, asked, most).await?;
            }
            TakenIn::New
        } else {
            let revived = sqlx::query(
                "UPDATE jobs SET state = 'waiting', tries = 0, due = $2, asked = asked + 1 WHERE state = 'dead' \
                 AND key = (SELECT job FROM deliveries WHERE guid = $1)",
            )
            .bind(delivery.guid)
            .bind(delivery.received)
            .execute(&mut *transaction)
            .await?;
            if revived.rows_affected() > 0 {
                TakenIn::Revived
            } else {
                TakenIn::Known
            }
        };
        transaction.commit().await?;
        Ok(taken)
    }

    /// Whether a delivery was here.
    ///
    /// # Errors
    ///
    /// When the database fails.
    pub async fn knows_delivery(&self, guid: &str) -> Result<bool, Error> {
        let asked = sqlx::query("SELECT 1 FROM deliveries WHERE guid = $1").bind(guid);
        Ok(in_time(asked.fetch_optional(&self.pool)).await?.is_some())
    }

    /// When the last delivery came, in milliseconds since 1970.
    ///
    /// # Errors
    ///
    /// When the database fails.
    pub async fn last_delivery(&self) -> Result<Option<i64>, Error> {
        let asked = sqlx::query("SELECT received FROM deliveries ORDER BY received DESC LIMIT 1");
        let row = in_time(asked.fetch_optional(&self.pool)).await?;
        Ok(row.map(|row| row.try_get("received")).transpose()?)
    }

    /// Asks for a job that no delivery brought.
    ///
    /// # Errors
    ///
    /// [`Error::Full`] when `most` jobs wait.
    pub async fn ask(&self, asked: &Asked, most: u32) -> Result<(), Error> {
        let asking = async {
            let mut transaction = self.pool.begin().await?;
            ask(&mut transaction, asked, most).await?;
            transaction.commit().await
        };
        in_time(asking).await
    }

    /// Takes the job that has been due longest, in a lane where nobody is at work, and holds it
    /// for `lease` milliseconds. A job whose holder died is due when its lease is over.
    ///
    /// # Errors
    ///
    /// When the database fails.
    pub async fn claim(&self, holder: &str, now: i64, lease: i64) -> Result<Option<Job>, Error> {
        // Others that look at the same time look at other rows, where the database can do that;
        // the last line holds where it cannot.
        let others = if self.is_postgres {
            "FOR UPDATE SKIP LOCKED"
        } else {
            ""
        };
        let sql = format!(
            "UPDATE jobs SET state = 'running', holder = $1, lease = $2, tries = tries + 1 WHERE key = \
             (SELECT key FROM jobs AS one WHERE (one.state = 'waiting' AND one.due <= $3 AND NOT EXISTS \
                (SELECT 1 FROM jobs AS other WHERE other.lane = one.lane AND other.state = 'running')) \
              OR (one.state = 'running' AND one.lease <= $3) ORDER BY one.due LIMIT 1 {others}) \
             AND (state = 'waiting' OR lease <= $3) \
             RETURNING key, installation, body, asked, tries, holder, made"
        );
        let asked = sqlx::query(sqlx::AssertSqlSafe(sql))
            .bind(holder)
            .bind(now.saturating_add(lease))
            .bind(now)
            .fetch_optional(&self.pool);
        match in_time(asked).await {
            Ok(row) => row.map(|row| job(&row)).transpose(),
            // Another took a job of the same lane in between.
            Err(Error::Database(sqlx::Error::Database(refusal)))
                if refusal.is_unique_violation() =>
            {
                Ok(None)
            }
            Err(failed) => Err(failed),
        }
    }

    /// Holds a job for longer. Whether it is still held: otherwise somebody else has it.
    ///
    /// # Errors
    ///
    /// When the database fails.
    pub async fn renew(&self, job: &Job, until: i64) -> Result<bool, Error> {
        let asked = sqlx::query(
            "UPDATE jobs SET lease = $3 WHERE key = $1 AND holder = $2 AND state = 'running'",
        )
        .bind(&job.key)
        .bind(&job.holder)
        .bind(until);
        Ok(in_time(asked.execute(&self.pool)).await?.rows_affected() > 0)
    }

    /// Whether the job is still held by who took it, and nobody else works on it.
    ///
    /// # Errors
    ///
    /// When the database fails.
    pub async fn is_held(&self, job: &Job) -> Result<bool, Error> {
        let asked =
            sqlx::query("SELECT 1 FROM jobs WHERE key = $1 AND holder = $2 AND state = 'running'")
                .bind(&job.key)
                .bind(&job.holder);
        Ok(in_time(asked.fetch_optional(&self.pool)).await?.is_some())
    }

    /// Whether the job was asked for again since it was taken, or is held by somebody else: what
    /// it found out may be old.
    ///
    /// # Errors
    ///
    /// When the database fails.
    pub async fn is_superseded(&self, job: &Job) -> Result<bool, Error> {
        let asked = sqlx::query("SELECT 1 FROM jobs WHERE key = $1 AND holder = $2 AND asked = $3 AND state = 'running'")
            .bind(&job.key)
            .bind(&job.holder)
            .bind(job.asked);
        Ok(in_time(asked.fetch_optional(&self.pool)).await?.is_none())
    }

    /// The job is done. It waits again when it was asked for meanwhile.
    ///
    /// # Errors
    ///
    /// When the database fails.
    pub async fn finish(&self, job: &Job, now: i64) -> Result<(), Error> {
        let gone = sqlx::query("DELETE FROM jobs WHERE key = $1 AND holder = $2 AND asked = $3")
            .bind(&job.key)
            .bind(&job.holder)
            .bind(job.asked)
            .execute(&self.pool);
        if in_time(gone).await?.rows_affected() == 0 {
            let again = sqlx::query(
                "UPDATE jobs SET state = 'waiting', holder = NULL, tries = 0, due = $3, failure = NULL \
                 WHERE key = $1 AND holder = $2",
            )
            .bind(&job.key)
            .bind(&job.holder)
            .bind(now)
            .execute(&self.pool);
            in_time(again).await?;
        }
        Ok(())
    }

    /// The job failed and is to be tried again at `due`; `counts` says whether this was a try, or
    /// only a wait for somebody's turn.
    ///
    /// # Errors
    ///
    /// When the database fails.
    pub async fn put_off(
        &self,
        job: &Job,
        due: i64,
        failure: &str,
        counts: bool,
    ) -> Result<(), Error> {
        let asked = sqlx::query(
            "UPDATE jobs SET state = 'waiting', holder = NULL, due = $3, failure = $4, tries = tries - $5 \
             WHERE key = $1 AND holder = $2",
        )
        .bind(&job.key)
        .bind(&job.holder)
        .bind(due)
        .bind(failure)
        .bind(i64::from(!counts));
        in_time(asked.execute(&self.pool)).await.map(|_| ())
    }

    /// The job is given up; somebody should look at it. One that was asked for again meanwhile
    /// gets new tries instead.
    ///
    /// # Errors
    ///
    /// When the database fails.
    pub async fn bury(&self, job: &Job, now: i64, failure: &str) -> Result<(), Error> {
        let buried = sqlx::query(
            "UPDATE jobs SET state = 'dead', holder = NULL, failure = $4 WHERE key = $1 AND holder = $2 AND asked = $3",
        )
        .bind(&job.key)
        .bind(&job.holder)
        .bind(job.asked)
        .bind(failure)
        .execute(&self.pool);
        if in_time(buried).await?.rows_affected() == 0 {
            self.finish(job, now).await?;
        }
        Ok(())
    }

    /// The jobs that were given up, oldest first, at most a hundred.
    ///
    /// # Errors
    ///
    /// When the database fails.
    pub async fn dead(&self) -> Result<Vec<Dead>, Error> {
        let asked = sqlx::query(
            "SELECT key, body, tries, failure, made FROM jobs WHERE state = 'dead' ORDER BY made, key LIMIT 100",
        );
        let rows = in_time(asked.fetch_all(&self.pool)).await?;
        let dead = |row: &AnyRow| {
            Ok(Dead {
                key: row.try_get("key")?,
                body: row.try_get("body")?,
                tries: tries(row)?,
                failure: row
                    .try_get::<Option<String>, _>("failure")?
                    .unwrap_or_default(),
                made: row.try_get("made")?,
            })
        };
        rows.iter().map(dead).collect()
    }

    /// Lets jobs that were given up be tried again: the one with this key, or all. Says how many.
    ///
    /// # Errors
    ///
    /// When the database fails.
    pub async fn revive(&self, key: Option<&str>, now: i64) -> Result<u64, Error> {
        let asked = sqlx::query(
            "UPDATE jobs SET state = 'waiting', tries = 0, due = $2, asked = asked + 1 \
             WHERE state = 'dead' AND (key = $1 OR $1 IS NULL)",
        )
        .bind(key)
        .bind(now);
        Ok(in_time(asked.execute(&self.pool)).await?.rows_affected())
    }

    /// How full the queue is.
    ///
    /// # Errors
    ///
    /// When the database fails.
    pub async fn depth(&self) -> Result<Depth, Error> {
        let asked = sqlx::query(
            "SELECT state, COUNT(*) AS jobs, MIN(due) AS oldest FROM jobs GROUP BY state",
        );
        let mut depth = Depth::default();
        for row in in_time(asked.fetch_all(&self.pool)).await? {
            let jobs: i64 = row.try_get("jobs")?;
            match row.try_get::<String, _>("state")?.as_str() {
                "waiting" => {
                    depth.waiting = jobs;
                    depth.oldest = row.try_get("oldest")?;
                }
                "running" => depth.running = jobs,
                _ => depth.dead = jobs,
            }
        }
        Ok(depth)
    }
}

fn tries(row: &AnyRow) -> Result<u32, sqlx::Error> {
    let tries: i64 = row.try_get("tries")?;
    Ok(u32::try_from(tries).unwrap_or(u32::MAX))
}

fn job(row: &AnyRow) -> Result<Job, Error> {
    Ok(Job {
        key: row.try_get("key")?,
        installation: row.try_get("installation")?,
        body: row.try_get("body")?,
        asked: row.try_get("asked")?,
        tries: tries(row)?,
        holder: row.try_get("holder")?,
        made: row.try_get("made")?,
    })
}
