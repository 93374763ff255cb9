//! `purge`: forgets what is old, or all of a repository, now and not when the server would.

use anyhow::{Context, bail};
use jiff::Timestamp;
use serde_json::{Map, Value, json};

use super::{Purge, Shown, wait};
use crate::cli::{database, terminal};
use crate::github;
use crate::github::clock::Clock;
use crate::report::plain::printable;
use crate::store::Store;
use crate::store::purging::{Forgotten, Old};

/// Milliseconds of a day.
const DAY: i64 = 86_400_000;

/// Runs the command.
pub fn run(purge: &Purge) -> anyhow::Result<()> {
    if purge.older_than.is_none() && purge.repository.is_none() {
        bail!("say what is to be forgotten: --older-than DAYS, --repository OWNER/NAME, or both");
    }
    let server = purge.place.server()?;
    let done = wait(async {
        let store = database::open_existing(&server).await?;
        let done = purged(purge, &store, Clock::real().now()).await;
        store.close().await;
        done
    });
    terminal::print(&done?)
}

async fn purged(purge: &Purge, store: &Store, now: i64) -> anyhow::Result<String> {
    let repository = match &purge.repository {
        Some(name) => Some(number_of(store, name).await?),
        None => None,
    };
    let forgotten = match (purge.older_than, repository) {
        // All of it, dismissals that hold included.
        (None, Some(repository)) => {
            let forgotten = store.count_of(repository).await?;
            if !purge.dry_run {
                store.forget_repository(repository).await?;
            }
            forgotten
        }
        (days, repository) => {
            let days = i64::from(days.unwrap_or(u32::MAX)) * DAY;
            let old = Old {
                before: now.saturating_sub(days),
                deliveries_before: now.saturating_sub(days.max(github::REMEMBERED)),
                repository,
            };
            if purge.dry_run {
                store.count_old(&old).await?
            } else {
                store.forget_old(&old).await?
            }
        }
    };
    Ok(match purge.format {
        Shown::Text => text(purge, now, &forgotten),
        Shown::Json => format!("{:#}\n", as_json(purge, &forgotten)),
    })
}

/// The number of a repository that is known by this name.
async fn number_of(store: &Store, name: &str) -> anyhow::Result<i64> {
    let parts = name.split_once('/').filter(|(owner, name)| {
        let is_plain = |part: &str| !part.is_empty() && !part.contains('/');
        is_plain(owner) && is_plain(name)
    });
    let shown = printable(name);
    let (owner, name) = parts.with_context(|| {
        format!("`{shown}` is no repository; name it by owner and name: acme/queue")
    })?;
    let found = store.repository_named(owner, name).await?;
    let found = found.with_context(|| {
        format!("nothing is kept of `{shown}`; a repository is known by the name that it had last")
    })?;
    Ok(found.repository)
}

fn text(purge: &Purge, now: i64, forgotten: &Forgotten) -> String {
    let of = purge.repository.as_ref();
    let of = of.map_or(String::new(), |name| format!(" of {}", printable(name)));
    let all = match purge.older_than {
        None => format!("all{of}"),
        Some(days) => {
            let before = now.saturating_sub(i64::from(days) * DAY);
            let time = Timestamp::from_millisecond(before);
            let time = time.map_or_else(|_| before.to_string(), |time| time.to_string());
            format!("what is older than {time}{of}")
        }
    };
    let there: Vec<String> = forgotten
        .iter()
        .filter(|(_, number)| *number > 0)
        .map(|(kind, number)| format!("  {}\n", kind.counted(*number)))
        .collect();
    match (there.is_empty(), purge.dry_run) {
        (true, _) => format!("{all}: nothing\n"),
        (false, true) => format!("would be forgotten, {all}:\n{}", there.concat()),
        (false, false) => format!("forgotten, {all}:\n{}", there.concat()),
    }
}

fn as_json(purge: &Purge, forgotten: &Forgotten) -> Value {
    let numbers: Map<String, Value> = forgotten
        .iter()
        .map(|(kind, number)| (kind.table.to_owned(), json!(number)))
        .collect();
    json!({ "dry_run": purge.dry_run, "forgotten": numbers })
}
