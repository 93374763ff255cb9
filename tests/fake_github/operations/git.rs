//! Blobs, trees and references.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::super::exchange::{Asked, Outcome, Refusal, Reply};
use super::super::objects::{Entry, Objects};
use super::super::state::State;

/// A tree shows so many entries at most.
// source: docs.github.com, "Get a tree": 100,000 entries, 7 MB
const MOST_ENTRIES: usize = 100_000;
/// A larger blob is not given.
// source: docs.github.com, "Get a blob": up to 100 megabytes
const LARGEST_BLOB: usize = 100_000_000;

pub fn perform(state: &mut State, asked: &Asked) -> Outcome {
    match asked.operation.id.as_str() {
        "git/get-blob" => blob(state, asked),
        "git/get-tree" => tree(state, asked),
        "git/get-ref" => reference(state, asked),
        _ => Err(super::unknown()),
    }
}

/// Bytes as GitHub writes them: base64 in lines.
pub fn in_lines(bytes: &[u8]) -> String {
    let text = STANDARD.encode(bytes);
    text.as_bytes()
        .chunks(60)
        .map(|line| String::from_utf8_lossy(line).into_owned() + "\n")
        .collect()
}

fn blob(state: &State, asked: &Asked) -> Outcome {
    let repository = asked.repository(state)?;
    let sha = asked.parameter("file_sha");
    if sha.len() != 40 {
        return Err(Refusal::new(
            422,
            "The sha parameter must be exactly 40 characters and contain only [0-9a-f].",
        ));
    }
    let bytes = state
        .objects(repository)
        .blobs
        .get(sha)
        .ok_or_else(Refusal::not_found)?;
    if bytes.len() > LARGEST_BLOB {
        return Err(Refusal::new(
            403,
            "This API returns blobs up to 100 MB in size.",
        ));
    }
    if asked.accept.contains("raw") {
        return Ok(Reply::text(
            bytes.clone(),
            "application/vnd.github.raw+json; charset=utf-8",
        ));
    }
    Ok(Reply::json(
        200,
        json!({
            "sha": sha,
            "node_id": format!("B_{sha}"),
            "size": bytes.len(),
            "url": state.api(&format!("repos/{}/git/blobs/{sha}", repository.full_name())),
            "content": in_lines(bytes),
            "encoding": "base64",
        }),
    ))
}

fn tree(state: &State, asked: &Asked) -> Outcome {
    let repository = asked.repository(state)?;
    let objects = state.objects(repository);
    let name = asked.parameter("tree_sha");
    let commit = state
        .commit_named(repository, name)
        .and_then(|sha| objects.commits.get(&sha));
    let sha = commit.map_or(name, |commit| commit.tree.as_str());
    if !objects.trees.contains_key(sha) {
        return Err(Refusal::not_found());
    }
    let recursive = asked.query.contains_key("recursive");
    let mut entries = Vec::new();
    collect(objects, sha, "", recursive, &mut entries);
    let truncated = entries.len() > MOST_ENTRIES;
    entries.truncate(MOST_ENTRIES);
    let prefix = state.api(&format!("repos/{}/git", repository.full_name()));
    let shown: Vec<Value> = entries
        .iter()
        .map(|(path, entry)| show(objects, &prefix, path, entry))
        .collect();
    Ok(Reply::json(
        200,
        json!({ "sha": sha, "url": format!("{prefix}/trees/{sha}"), "tree": shown, "truncated": truncated }),
    ))
}

fn collect(
    objects: &Objects,
    tree: &str,
    prefix: &str,
    recursive: bool,
    entries: &mut Vec<(String, Entry)>,
) {
    for entry in objects.trees.get(tree).into_iter().flatten() {
        let path = format!("{prefix}{}", entry.name);
        entries.push((path.clone(), entry.clone()));
        if recursive && entry.mode == "040000" {
            collect(objects, &entry.sha, &format!("{path}/"), true, entries);
        }
    }
}

fn show(objects: &Objects, prefix: &str, path: &str, entry: &Entry) -> Value {
    let kind = match entry.mode.as_str() {
        "040000" => "tree",
        "160000" => "commit",
        _ => "blob",
    };
    let mut shown = json!({ "path": path, "mode": entry.mode, "type": kind, "sha": entry.sha });
    if kind != "commit" {
        shown["url"] = json!(format!("{prefix}/{kind}s/{}", entry.sha));
    }
    if let Some(bytes) = objects.blobs.get(&entry.sha) {
        shown["size"] = json!(bytes.len());
    }
    shown
}

fn reference(state: &State, asked: &Asked) -> Outcome {
    let repository = asked.repository(state)?;
    let name = asked.parameter("ref");
    let sha = name
        .strip_prefix("heads/")
        .and_then(|branch| repository.branches.get(branch));
    let sha = sha.ok_or_else(Refusal::not_found)?;
    let prefix = state.api(&format!("repos/{}/git", repository.full_name()));
    Ok(Reply::json(
        200,
        json!({
            "ref": format!("refs/{name}"),
            "node_id": format!("REF_{name}"),
            "url": format!("{prefix}/refs/{name}"),
            "object": { "type": "commit", "sha": sha, "url": format!("{prefix}/commits/{sha}") },
        }),
    ))
}
