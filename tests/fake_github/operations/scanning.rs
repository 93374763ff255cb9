//! Uploads for code scanning.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::json;

use super::super::exchange::{Asked, Outcome, Refusal, Reply};
use super::super::objects::id;
use super::super::state::{State, Upload};

/// The largest file, as it is sent.
// source: docs.github.com, "SARIF support for code scanning": 10 MB, compressed by gzip
const LARGEST: usize = 10 * 1024 * 1024;

pub fn perform(state: &mut State, asked: &Asked) -> Outcome {
    match asked.operation.id.as_str() {
        "code-scanning/upload-sarif" => upload(state, asked),
        "code-scanning/get-sarif" => {
            let repository = asked.repository(state)?;
            let known = repository
                .uploads
                .iter()
                .any(|one| one.id == asked.parameter("sarif_id"));
            if !known {
                return Err(Refusal::not_found());
            }
            let url = state.api(&format!(
                "repos/{}/code-scanning/analyses",
                repository.full_name()
            ));
            Ok(Reply::json(
                200,
                json!({ "processing_status": "complete", "analyses_url": url }),
            ))
        }
        _ => Err(super::unknown()),
    }
}

fn upload(state: &mut State, asked: &Asked) -> Outcome {
    let repository = asked.repository(state)?;
    let (owner, name) = (repository.id, repository.full_name());
    let bad = |text: &str| Refusal::new(400, text);
    let bytes = STANDARD.decode(asked.text("sarif").unwrap_or_default());
    let bytes = bytes.map_err(|_| bad("invalid sarif: not base64"))?;
    if bytes.len() > LARGEST {
        return Err(Refusal::new(413, "The sarif file is too large."));
    }
    if !bytes.starts_with(&[0x1f, 0x8b]) {
        return Err(bad("invalid sarif: not compressed by gzip"));
    }
    let commit = asked.text("commit_sha").unwrap_or_default().to_owned();
    if !state.objects(repository).commits.contains_key(&commit) {
        return Err(bad("commit not found"));
    }
    let digits = id("sarif", &state.next_id().to_be_bytes());
    let id = format!(
        "{}-{}-{}-{}-{}",
        &digits[..8],
        &digits[8..12],
        &digits[12..16],
        &digits[16..20],
        &digits[20..32]
    );
    let reference = asked.text("ref").unwrap_or_default().to_owned();
    let url = state.api(&format!("repos/{name}/code-scanning/sarifs/{id}"));
    if let Some(repository) = state.repositories.get_mut(&owner) {
        repository.uploads.push(Upload {
            id: id.clone(),
            commit,
            reference,
            bytes,
        });
    }
    Ok(Reply::json(202, json!({ "id": id, "url": url })))
}
