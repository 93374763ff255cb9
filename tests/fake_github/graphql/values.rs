//! What GraphQL shows: whole objects, of which a query chooses.

use serde_json::{Map, Value, json};

use super::super::pull::Pull;
use super::super::state::{Repository, State};

pub fn repository_value(state: &State, repository: &Repository) -> Value {
    let pulls: Map<String, Value> = repository
        .pulls
        .values()
        .map(|pull| (pull.number.to_string(), pull_value(state, pull)))
        .collect();
    json!({
        "__typename": "Repository",
        "id": format!("R_{}", repository.id),
        "nameWithOwner": repository.full_name(),
        "pullRequest": pulls,
    })
}

pub fn pull_value(state: &State, pull: &Pull) -> Value {
    let visible = |id: &u64| pull.comment(*id).is_some_and(|one| !pull.is_pending(one));
    let roots: Vec<u64> = pull
        .comments
        .iter()
        .filter(|one| one.answers.is_none())
        .map(|one| one.id)
        .filter(visible)
        .collect();
    let threads: Vec<Value> = roots
        .iter()
        .map(|root| thread(state, pull, *root))
        .collect();
    json!({
        "__typename": "PullRequest",
        "id": format!("PR_{}", pull.id),
        "number": pull.number,
        "isDraft": pull.draft,
        "headRefOid": pull.head_sha,
        "baseRefOid": pull.base_sha,
        "state": if pull.merged { "MERGED" } else if pull.open { "OPEN" } else { "CLOSED" },
        "reviewThreads": { "__all": threads },
    })
}

pub fn thread(state: &State, pull: &Pull, root: u64) -> Value {
    let comments: Vec<Value> = pull
        .comments
        .iter()
        .filter(|one| pull.root(one) == root)
        .map(|one| comment_value(state, pull, one.id))
        .collect();
    let first = pull.comment(root);
    json!({
        "__typename": "PullRequestReviewThread",
        "id": format!("PRRT_{root}"),
        "isResolved": pull.resolved.contains_key(&root),
        "isOutdated": first.is_some_and(|one| one.current.is_none()),
        "path": first.map(|one| one.original.path.clone()),
        "line": first.and_then(|one| one.current.as_ref()?.line),
        "comments": { "__all": comments },
    })
}

pub fn comment_value(state: &State, pull: &Pull, id: u64) -> Value {
    if let Some(one) = pull.timeline.iter().find(|one| one.id == id) {
        return json!({
            "__typename": "IssueComment",
            "id": format!("IC_{id}"),
            "databaseId": id,
            "body": one.body,
            "isMinimized": one.minimised.is_some(),
            "minimizedReason": one.minimised.as_ref().map(|reason| reason.to_lowercase()),
            "author": person(state, &one.author),
        });
    }
    let Some(one) = pull.comment(id) else {
        return Value::Null;
    };
    json!({
        "__typename": "PullRequestReviewComment",
        "id": format!("PRRC_{id}"),
        "databaseId": id,
        "fullDatabaseId": id.to_string(),
        "body": one.body,
        "path": one.original.path,
        "outdated": one.current.is_none(),
        "isMinimized": one.minimised.is_some(),
        "minimizedReason": one.minimised.as_ref().map(|reason| reason.to_lowercase()),
        "author": person(state, &one.author),
    })
}

/// Who wrote something; a bot is named without `[bot]` here.
// source: forhas/pure-dev#12
pub fn person(state: &State, login: &str) -> Value {
    let kind = state
        .accounts
        .get(login)
        .map_or("User", |account| account.kind);
    json!({ "__typename": kind, "login": login.trim_end_matches("[bot]") })
}

/// The repository, the pull request and the comment that a global id names; of a thread its first comment.
pub fn place_of(state: &State, id: &str) -> Option<(u64, u64, u64)> {
    let (_, number) = id.split_once('_')?;
    let number: u64 = number.parse().ok()?;
    let timeline = id.starts_with("IC_");
    let holds = |pull: &Pull| match timeline {
        true => pull.timeline.iter().any(|one| one.id == number),
        false => pull.comment(number).is_some(),
    };
    state.repositories.values().find_map(|repository| {
        let pull = repository.pulls.values().find(|pull| holds(pull))?;
        Some((repository.id, pull.number, number))
    })
}
