//! `queue`: what waits, what was given up and why, and another try for it.

use anyhow::bail;
use jiff::{SignedDuration, Timestamp};
use serde_json::json;

use super::{Action, Queue, Shown, wait};
use crate::cli::{database, terminal};
use crate::github::clock::Clock;
use crate::github::work::Work;
use crate::report::plain::{counted, printable};
use crate::store::Store;
use crate::store::queue::{Dead, Depth};

/// Runs the command.
pub fn run(queue: &Queue) -> anyhow::Result<()> {
    let server = queue.place.server()?;
    let done = wait(async {
        let store = database::open_existing(&server).await?;
        let done = act(queue, &store).await;
        store.close().await;
        done
    });
    terminal::print(&done?)
}

async fn act(queue: &Queue, store: &Store) -> anyhow::Result<String> {
    let now = Clock::real().now();
    let Some(Action::Revive { key, .. }) = &queue.action else {
        let (depth, dead) = (store.depth().await?, store.dead().await?);
        return Ok(match queue.format {
            Shown::Text => text(&depth, &dead, now),
            Shown::Json => format!("{:#}\n", as_json(&depth, &dead, now)),
        });
    };
    let revived = store.revive(key.as_deref(), now).await?;
    if let (Some(key), 0) = (key, revived) {
        bail!(
            "no job that was given up has the key `{}`; `highwater queue` lists them",
            printable(key)
        );
    }
    Ok(match queue.format {
        Shown::Text => format!("{} again\n", waits(revived.try_into().unwrap_or(i64::MAX))),
        Shown::Json => format!("{:#}\n", json!({ "revived": revived })),
    })
}

/// How long the oldest job that is due has been so, in seconds.
fn due_for(depth: &Depth, now: i64) -> Option<i64> {
    depth
        .oldest
        .map(|oldest| (now - oldest) / 1000)
        .filter(|seconds| *seconds >= 0)
}

fn text(depth: &Depth, dead: &[Dead], now: i64) -> String {
    let mut text = waits(depth.waiting);
    text += &match (depth.waiting, due_for(depth, now)) {
        (0, _) => "\n".to_owned(),
        (_, Some(seconds)) => format!(
            ", the oldest due for {:#}\n",
            SignedDuration::from_secs(seconds)
        ),
        (_, None) => ", none of them due yet\n".to_owned(),
    };
    let jobs = |number: i64| counted(number.unsigned_abs(), "job");
    text += &format!(
        "{} being done\n{} given up\n",
        jobs(depth.running),
        jobs(depth.dead)
    );
    for one in dead {
        text += &format!(
            "\n{}\n  {}; asked for at {}, tried {}\n  {}\n",
            printable(&one.key),
            printable(&work(one)),
            time(one.made),
            counted(one.tries.into(), "time"),
            printable(&one.failure),
        );
    }
    if dead.is_empty() {
        return text;
    }
    let more = depth.dead - i64::try_from(dead.len()).unwrap_or(0);
    if more > 0 {
        text += &format!("\nand {} more\n", jobs(more));
    }
    text + "\nOnce the cause is mended: `highwater queue revive KEY`, or `highwater queue revive --all`.\n"
}

fn waits(number: i64) -> String {
    let verb = if number == 1 { "waits" } else { "wait" };
    format!("{} {verb}", counted(number.unsigned_abs(), "job"))
}

fn as_json(depth: &Depth, dead: &[Dead], now: i64) -> serde_json::Value {
    let dead: Vec<serde_json::Value> = dead
        .iter()
        .map(|one| {
            json!({
                "key": one.key,
                "work": work(one),
                "asked_at": time(one.made),
                "tries": one.tries,
                "failure": one.failure,
            })
        })
        .collect();
    json!({
        "waiting": depth.waiting,
        "oldest_due_for_seconds": due_for(depth, now),
        "running": depth.running,
        "given_up": depth.dead,
        "dead": dead,
    })
}

/// What was to be done, in words.
fn work(dead: &Dead) -> String {
    let work: Result<Work, _> = serde_json::from_str(&dead.body);
    work.map_or_else(
        |_| "work of another version".to_owned(),
        |work| work.to_string(),
    )
}

/// A time as it is written in logs.
fn time(millis: i64) -> String {
    Timestamp::from_millisecond(millis).map_or_else(|_| millis.to_string(), |time| time.to_string())
}
