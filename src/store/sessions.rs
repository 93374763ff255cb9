//! Sessions of people in browsers, as their caller wrote them: what stands here says neither who a
//! cookie belongs to nor what the person may do.

use sha2::{Digest, Sha256};
use sqlx::Row;

use super::{Error, Store, in_time};

/// A session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    /// A hash of what the browser has.
    pub id: String,
    /// Whose it is: the number of an account; 0 while somebody is signing in.
    pub person: i64,
    /// What it holds, encrypted by the caller.
    pub body: String,
    /// When it ends, in milliseconds since 1970.
    pub ends: i64,
}

/// By what a session is known here: a hash of what the browser has, which nobody can turn back.
pub fn hashed(cookie: &str) -> String {
    let digest = Sha256::digest(cookie.as_bytes());
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}

impl Store {
    /// Keeps a new session. Whether there was none of this name.
    ///
    /// # Errors
    ///
    /// When the database fails.
    pub async fn begin_session(&self, session: &Session) -> Result<bool, Error> {
        let asked = sqlx::query(
            "INSERT INTO sessions (id, person, body, ends) VALUES ($1, $2, $3, $4) ON CONFLICT (id) DO NOTHING",
        )
        .bind(&session.id)
        .bind(session.person)
        .bind(&session.body)
        .bind(session.ends);
        Ok(in_time(asked.execute(&self.pool)).await?.rows_affected() > 0)
    }

    /// Keeps what changed of a session. One that was ended meanwhile stays so.
    ///
    /// # Errors
    ///
    /// When the database fails.
    pub async fn keep_session(&self, session: &Session) -> Result<(), Error> {
        let asked =
            sqlx::query("UPDATE sessions SET person = $2, body = $3, ends = $4 WHERE id = $1")
                .bind(&session.id)
                .bind(session.person)
                .bind(&session.body)
                .bind(session.ends);
        in_time(asked.execute(&self.pool)).await.map(|_| ())
    }

    /// A session that has not ended.
    ///
    /// # Errors
    ///
    /// When the database fails.
    pub async fn session(&self, id: &str, now: i64) -> Result<Option<Session>, Error> {
        let asked = sqlx::query("SELECT * FROM sessions WHERE id = $1 AND ends > $2")
            .bind(id)
            .bind(now);
        let Some(row) = in_time(asked.fetch_optional(&self.pool)).await? else {
            return Ok(None);
        };
        Ok(Some(Session {
            id: row.try_get("id")?,
            person: row.try_get("person")?,
            body: row.try_get("body")?,
            ends: row.try_get("ends")?,
        }))
    }

    /// Ends a session.
    ///
    /// # Errors
    ///
    /// When the database fails.
    pub async fn end_session(&self, id: &str) -> Result<(), Error> {
        let asked = sqlx::query("DELETE FROM sessions WHERE id = $1").bind(id);
        in_time(asked.execute(&self.pool)).await.map(|_| ())
    }

    /// Ends all sessions of a person; says how many there were.
    ///
    /// # Errors
    ///
    /// When the database fails.
    pub async fn end_sessions(&self, person: i64) -> Result<u64, Error> {
        let asked = sqlx::query("DELETE FROM sessions WHERE person = $1").bind(person);
        Ok(in_time(asked.execute(&self.pool)).await?.rows_affected())
    }

    /// Forgets the sessions that have ended by now.
    ///
    /// # Errors
    ///
    /// When the database fails.
    pub async fn forget_sessions(&self, now: i64) -> Result<u64, Error> {
        let asked = sqlx::query("DELETE FROM sessions WHERE ends <= $1").bind(now);
        Ok(in_time(asked.execute(&self.pool)).await?.rows_affected())
    }
}
