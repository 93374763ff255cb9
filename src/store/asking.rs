//! Asking for a job: a row of the queue, or one more question to the row that is there.

use serde_json::Value;
use sqlx::{Any, Row, Transaction};

use super::queue::Asked;

/// Asks for a job within a transaction. What a job that is there already knows is not lost.
pub(super) async fn ask(
    transaction: &mut Transaction<'_, Any>,
    asked: &Asked,
    most: u32,
) -> Result<(), sqlx::Error> {
    let stands = sqlx::query(
        "INSERT INTO jobs (key, lane, installation, body, asked, state, tries, due, lease, made) \
         SELECT CAST($1 AS TEXT), CAST($2 AS TEXT), CAST($3 AS BIGINT), CAST($4 AS TEXT), 1, 'waiting', 0, \
                CAST($5 AS BIGINT), 0, CAST($5 AS BIGINT) \
         WHERE (SELECT COUNT(*) FROM jobs WHERE state IN ('waiting', 'running')) < CAST($6 AS BIGINT) \
            OR EXISTS (SELECT 1 FROM jobs WHERE key = CAST($1 AS TEXT)) \
         ON CONFLICT (key) DO UPDATE SET asked = jobs.asked + 1, \
            due = CASE WHEN jobs.state = 'waiting' AND jobs.due < excluded.due THEN jobs.due ELSE excluded.due END, \
            tries = CASE WHEN jobs.state = 'running' THEN jobs.tries ELSE 0 END, \
            state = CASE WHEN jobs.state = 'dead' THEN 'waiting' ELSE jobs.state END \
         RETURNING body",
    )
    .bind(&asked.key)
    .bind(&asked.lane)
    .bind(asked.installation)
    .bind(&asked.body)
    .bind(asked.due)
    .bind(i64::from(most))
    .fetch_optional(&mut **transaction)
    .await?;
    let Some(stands) = stands else {
        return Err(super::full());
    };
    // The row is ours until the transaction ends.
    let stands: String = stands.try_get("body")?;
    let both = joined(&stands, &asked.body);
    if both != stands {
        sqlx::query("UPDATE jobs SET body = $2 WHERE key = $1")
            .bind(&asked.key)
            .bind(both)
            .execute(&mut **transaction)
            .await?;
    }
    Ok(())
}

/// What is to be done when two asked for it: what the second says, and of the first what that does
/// not speak of; a yes of either, and the lists of both.
fn joined(first: &str, second: &str) -> String {
    let (Ok(Value::Object(mut both)), Ok(Value::Object(new))) =
        (serde_json::from_str(first), serde_json::from_str(second))
    else {
        return second.to_owned();
    };
    for (name, new) in new {
        let old = both.entry(name).or_insert(Value::Null);
        *old = match (old.take(), new) {
            (Value::Bool(old), Value::Bool(new)) => Value::Bool(old || new),
            (Value::Array(mut all), Value::Array(more)) => {
                for one in more {
                    if !all.contains(&one) {
                        all.push(one);
                    }
                }
                Value::Array(all)
            }
            (_, new) => new,
        };
    }
    Value::Object(both).to_string()
}

#[cfg(test)]
mod tests {
    use super::joined;

    #[test]
    fn what_the_first_knew_is_not_lost() {
        let first = r#"{"work":"review","again":true,"name":"old","delivery":"d1"}"#;
        assert_eq!(
            joined(first, r#"{"work":"review","again":false,"name":"new"}"#),
            r#"{"work":"review","again":true,"name":"new","delivery":"d1"}"#
        );
        assert_eq!(
            joined(r#"{"gone":[1,2]}"#, r#"{"gone":[2,3]}"#),
            r#"{"gone":[1,2,3]}"#
        );
        assert_eq!(joined("{}", "{}"), "{}");
        assert_eq!(joined("unreadable", r#"{"a":1}"#), r#"{"a":1}"#);
    }
}
