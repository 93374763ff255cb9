//! Results that somebody asked to keep: for some days, at an address that nobody can guess, and
//! to be deleted by whoever made them.

use sha2::{Digest, Sha256};
use sqlx::Row;
use subtle::ConstantTimeEq;

use super::{Error, Store, in_time};

/// What is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kept {
    /// What was pasted and how it was to be looked at. Its form is the caller's.
    pub body: String,
    /// When it ends, in seconds since 1970.
    pub ends: i64,
    /// The hash of its maker's secret.
    maker: String,
}

/// What is to be kept.
#[derive(Clone, Copy, Debug)]
pub struct New<'a> {
    /// Its address, which nobody can guess.
    pub id: &'a str,
    /// What is kept.
    pub body: &'a str,
    /// The maker's secret.
    pub secret: &'a str,
    /// When it is made, in seconds since 1970.
    pub made: i64,
    /// When it ends.
    pub ends: i64,
}

/// How much may be kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Room {
    /// Results.
    pub results: u32,
    /// Bytes of all together.
    pub bytes: u64,
}

impl Kept {
    /// Whether this secret is the maker's. Takes as long for a wrong one as for the right one.
    pub fn is_made_by(&self, id: &str, secret: &str) -> bool {
        let given = hashed(id, secret);
        given.as_bytes().ct_eq(self.maker.as_bytes()).into()
    }
}

/// The hash of a secret. The address is part of it, so that two results of one maker cannot be
/// told to be of one maker.
fn hashed(id: &str, secret: &str) -> String {
    let digest = Sha256::new()
        .chain_update(id)
        .chain_update([0])
        .chain_update(secret)
        .finalize();
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}

impl Store {
    /// Keeps a result. When there is no room, what has ended makes some.
    ///
    /// # Errors
    ///
    /// [`Error::Full`] when there is no room even so.
    pub async fn keep(&self, new: New<'_>, room: Room) -> Result<(), Error> {
        if self.insert(new, room).await? {
            return Ok(());
        }
        let made_room = self.forget_ended(new.made).await? > 0;
        if made_room && self.insert(new, room).await? {
            return Ok(());
        }
        Err(Error::Full)
    }

    /// Whether there was room. Asking and inserting is one statement, so that many at once do not
    /// all find the last place.
    async fn insert(&self, new: New<'_>, room: Room) -> Result<bool, Error> {
        const SQL: &str = "INSERT INTO kept (id, body, bytes, maker, made, ends) \
             SELECT CAST($1 AS TEXT), CAST($2 AS TEXT), CAST($3 AS BIGINT), CAST($4 AS TEXT), \
                    CAST($5 AS BIGINT), CAST($6 AS BIGINT) \
             WHERE (SELECT COUNT(*) FROM kept) < CAST($7 AS BIGINT) \
               AND (SELECT CAST(COALESCE(SUM(bytes), 0) AS BIGINT) FROM kept) + CAST($3 AS BIGINT) \
                   <= CAST($8 AS BIGINT)";
        let asked = sqlx::query(SQL)
            .bind(new.id)
            .bind(new.body)
            .bind(i64::try_from(new.body.len()).unwrap_or(i64::MAX))
            .bind(hashed(new.id, new.secret))
            .bind(new.made)
            .bind(new.ends)
            .bind(i64::from(room.results))
            .bind(i64::try_from(room.bytes).unwrap_or(i64::MAX))
            .execute(&self.pool);
        Ok(in_time(asked).await?.rows_affected() > 0)
    }

    /// The result at an address, also when it has ended and is not forgotten yet.
    ///
    /// # Errors
    ///
    /// When the database fails.
    pub async fn kept(&self, id: &str) -> Result<Option<Kept>, Error> {
        let asked = sqlx::query("SELECT body, ends, maker FROM kept WHERE id = $1")
            .bind(id)
            .fetch_optional(&self.pool);
        let Some(row) = in_time(asked).await? else {
            return Ok(None);
        };
        Ok(Some(Kept {
            body: row.try_get("body")?,
            ends: row.try_get("ends")?,
            maker: row.try_get("maker")?,
        }))
    }

    /// Forgets the result at an address.
    ///
    /// # Errors
    ///
    /// When the database fails.
    pub async fn forget(&self, id: &str) -> Result<(), Error> {
        let asked = sqlx::query("DELETE FROM kept WHERE id = $1")
            .bind(id)
            .execute(&self.pool);
        in_time(asked).await.map(|_| ())
    }

    /// Forgets what has ended by now; says how much that was.
    ///
    /// # Errors
    ///
    /// When the database fails.
    pub async fn forget_ended(&self, now: i64) -> Result<u64, Error> {
        let asked = sqlx::query("DELETE FROM kept WHERE ends <= $1")
            .bind(now)
            .execute(&self.pool);
        Ok(in_time(asked).await?.rows_affected())
    }
}
