//! Whose turn it is to write for an installation, and until when nobody may ask anything: the
//! same for all servers that share a database.

use sqlx::Row;

use super::{Error, Store, in_time};

/// Whether it is somebody's turn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Turn {
    /// It is.
    Yours,
    /// It may be at this time, in milliseconds since 1970.
    NotBefore(i64),
}

impl Store {
    /// Takes the turn to write for an installation, for at most `lease` milliseconds.
    ///
    /// # Errors
    ///
    /// When the database fails.
    pub async fn take_turn(
        &self,
        installation: i64,
        holder: &str,
        now: i64,
        lease: i64,
    ) -> Result<Turn, Error> {
        let taken = sqlx::query(
            "INSERT INTO pacing (installation, holder, lease, free, paused) VALUES ($1, $2, $3, 0, 0) \
             ON CONFLICT (installation) DO UPDATE SET holder = excluded.holder, lease = excluded.lease \
             WHERE (pacing.holder IS NULL OR pacing.lease <= $4) AND pacing.free <= $4 AND pacing.paused <= $4",
        )
        .bind(installation)
        .bind(holder)
        .bind(now.saturating_add(lease))
        .bind(now)
        .execute(&self.pool);
        if in_time(taken).await?.rows_affected() > 0 {
            return Ok(Turn::Yours);
        }
        let asked =
            sqlx::query("SELECT holder, lease, free, paused FROM pacing WHERE installation = $1")
                .bind(installation)
                .fetch_optional(&self.pool);
        let Some(row) = in_time(asked).await? else {
            return Ok(Turn::NotBefore(now));
        };
        let (free, paused): (i64, i64) = (row.try_get("free")?, row.try_get("paused")?);
        let is_held = row.try_get::<Option<String>, _>("holder")?.is_some();
        // A holder is done sooner than its lease, as a rule: it is worth asking again soon.
        let soon = if is_held { now + 250 } else { now };
        Ok(Turn::NotBefore(free.max(paused).max(soon)))
    }

    /// Ends the turn; the next begins at `free` at the earliest.
    ///
    /// # Errors
    ///
    /// When the database fails.
    pub async fn end_turn(&self, installation: i64, holder: &str, free: i64) -> Result<(), Error> {
        let asked = sqlx::query(
            "UPDATE pacing SET holder = NULL, free = $3 WHERE installation = $1 AND holder = $2",
        )
        .bind(installation)
        .bind(holder)
        .bind(free);
        in_time(asked.execute(&self.pool)).await.map(|_| ())
    }

    /// Nobody asks anything for this installation before `until`.
    ///
    /// # Errors
    ///
    /// When the database fails.
    pub async fn pause(&self, installation: i64, until: i64) -> Result<(), Error> {
        let asked = sqlx::query(
            "INSERT INTO pacing (installation, lease, free, paused) VALUES ($1, 0, 0, $2) \
             ON CONFLICT (installation) DO UPDATE SET paused = excluded.paused WHERE pacing.paused < excluded.paused",
        )
        .bind(installation)
        .bind(until);
        in_time(asked.execute(&self.pool)).await.map(|_| ())
    }

    /// Nobody asks anything for this installation for a while that nobody named: `first` milliseconds,
    /// and twice as long as the last time where that was not enough, up to `most`. It was not enough
    /// when the limit is met again sooner after the wait than the wait was long. Says until when; while
    /// a wait runs, what was under way before it changes nothing.
    ///
    /// # Errors
    ///
    /// When the database fails.
    pub async fn pause_longer(
        &self,
        installation: i64,
        now: i64,
        (first, most): (i64, i64),
    ) -> Result<i64, Error> {
        const NEXT: &str = "CASE WHEN $2 - pacing.paused >= pacing.patience THEN $3 \
             WHEN pacing.patience * 2 < $4 THEN pacing.patience * 2 ELSE $4 END";
        let sql = format!(
            "INSERT INTO pacing (installation, lease, free, paused, patience) \
             VALUES ($1, 0, 0, CAST($2 AS BIGINT) + CAST($3 AS BIGINT), CAST($3 AS BIGINT)) \
             ON CONFLICT (installation) DO UPDATE SET paused = $2 + {NEXT}, patience = {NEXT} \
             WHERE pacing.paused <= $2"
        );
        let asked = sqlx::query(sqlx::AssertSqlSafe(sql))
            .bind(installation)
            .bind(now)
            .bind(first)
            .bind(most);
        in_time(asked.execute(&self.pool)).await?;
        self.paused_until(installation).await
    }

    /// Until when nobody asks anything for this installation; 0 when anybody may.
    ///
    /// # Errors
    ///
    /// When the database fails.
    pub async fn paused_until(&self, installation: i64) -> Result<i64, Error> {
        let asked = sqlx::query("SELECT paused FROM pacing WHERE installation = $1")
            .bind(installation)
            .fetch_optional(&self.pool);
        let row = in_time(asked).await?;
        Ok(row.map_or(Ok(0), |row| row.try_get("paused"))?)
    }
}
