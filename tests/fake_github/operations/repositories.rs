//! Repositories, their files, what lies between two commits, and who may do what.

use serde_json::{Value, json};

use super::super::changes::{self, Changed};
use super::super::exchange::{Asked, Content, Outcome, Refusal, Reply};
use super::super::objects::Files;
use super::super::shown::percent;
use super::super::state::{Repository, State};
use super::super::tokens::Caller;
use super::git::in_lines;

/// A comparison shows so many files, all on its first page.
// source: OpenAPI description of `repos/compare-commits-with-basehead`: up to 300 files
const MOST_FILES: usize = 300;
/// Beyond so many files there is no diff at all.
const MOST_FILES_AT_ALL: usize = 3000;
/// And so many commits where no page is asked for.
// source: the same: 250 commits
const MOST_COMMITS: usize = 250;
/// Beyond this a file's content is left out.
// source: docs.github.com, "Get repository content": 1 MB, and 100 MB as raw bytes
const WITH_CONTENT: usize = 1_000_000;
const AS_RAW: usize = 100_000_000;

pub fn perform(state: &mut State, asked: &Asked) -> Outcome {
    match asked.operation.id.as_str() {
        "repos/get" => {
            let repository = asked.repository(state)?;
            let mut shown = state.show_repository(repository, "full-repository");
            if let Caller::Person(person) = &asked.caller {
                shown["permissions"] = permissions_of(repository, &person.login);
            }
            Ok(Reply::json(200, shown))
        }
        "repos/get-content" => content(state, asked),
        "repos/compare-commits-with-basehead" => compare(state, asked),
        "repos/list-pull-requests-associated-with-commit" => pulls_of_commit(state, asked),
        "repos/get-collaborator-permission-level" => permission(state, asked),
        _ => Err(super::unknown()),
    }
}

/// What a person may do, as GitHub adds it to a repository that the person asks for.
pub fn permissions_of(repository: &Repository, login: &str) -> Value {
    let rank = ["none", "read", "triage", "write", "maintain", "admin"];
    let role = repository.role(login);
    let held = rank.iter().position(|one| *one == role).unwrap_or(0);
    json!({ "pull": held >= 1, "triage": held >= 2, "push": held >= 3, "maintain": held >= 4, "admin": held >= 5 })
}

fn permission(state: &State, asked: &Asked) -> Outcome {
    let repository = asked.repository(state)?;
    let login = asked.parameter("username");
    if !state.accounts.contains_key(login) {
        return Err(Refusal::new(404, &format!("{login} is not a user")));
    }
    let role = repository.role(login);
    // source: docs.github.com, "Get repository permissions for a user": maintain is shown as write, triage as read
    let permission = match role {
        "maintain" => "write",
        "triage" => "read",
        other => other,
    };
    let mut user = state.show_account(login);
    user["role_name"] = json!(role);
    Ok(Reply::json(
        200,
        json!({ "permission": permission, "role_name": role, "user": user }),
    ))
}

fn content(state: &State, asked: &Asked) -> Outcome {
    let repository = asked.repository(state)?;
    let reference = asked.query.get("ref").map_or("HEAD", String::as_str);
    let missing = || Refusal::new(404, &format!("No commit found for the ref {reference}"));
    let sha = state
        .commit_named(repository, reference)
        .ok_or_else(missing)?;
    let files = state.objects(repository).files_of_commit(&sha);
    let path = asked.parameter("path").trim_matches('/');
    let Some(leaf) = files.get(path) else {
        return directory(state, repository, reference, path, &files);
    };
    let bytes = state
        .objects(repository)
        .blobs
        .get(&leaf.sha)
        .ok_or_else(Refusal::not_found)?;
    if bytes.len() > AS_RAW {
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
    let mut shown = show_entry(state, repository, reference, path, false);
    let small = bytes.len() <= WITH_CONTENT;
    shown["size"] = json!(bytes.len());
    shown["sha"] = json!(leaf.sha);
    shown["content"] = json!(if small {
        in_lines(bytes)
    } else {
        String::new()
    });
    shown["encoding"] = json!(if small { "base64" } else { "none" });
    Ok(Reply::json(200, shown))
}

/// What a directory holds.
fn directory(
    state: &State,
    repository: &Repository,
    reference: &str,
    path: &str,
    files: &Files,
) -> Outcome {
    let inside = format!("{path}/");
    let mut names: Vec<(String, bool)> = files
        .keys()
        .filter_map(|file| file.strip_prefix(&inside))
        .map(|rest| {
            rest.split_once('/')
                .map_or((rest.to_owned(), false), |(folder, _)| {
                    (folder.to_owned(), true)
                })
        })
        .collect();
    names.dedup();
    if names.is_empty() {
        return Err(Refusal::not_found());
    }
    let shown = names.iter().map(|(name, folder)| {
        show_entry(
            state,
            repository,
            reference,
            &format!("{inside}{name}"),
            *folder,
        )
    });
    Ok(Reply::json(200, shown.collect()))
}

fn show_entry(
    state: &State,
    repository: &Repository,
    reference: &str,
    path: &str,
    folder: bool,
) -> Value {
    let url = state.api(&format!(
        "repos/{}/contents/{}?ref={}",
        repository.full_name(),
        percent(path),
        percent(reference)
    ));
    let html = state.api(&format!(
        "{}/blob/{reference}/{}",
        repository.full_name(),
        percent(path)
    ));
    json!({
        "type": if folder { "dir" } else { "file" },
        "name": path.rsplit('/').next(),
        "path": path,
        "sha": "",
        "size": 0,
        "url": url,
        "git_url": null,
        "html_url": html,
        "download_url": null,
        "_links": { "self": url, "git": null, "html": html },
    })
}

/// The commit that `branch` or `owner:branch` names, in this repository or one of its network.
fn end_of(state: &State, repository: &Repository, name: &str) -> Option<String> {
    let Some((owner, branch)) = name.split_once(':') else {
        return state.commit_named(repository, name);
    };
    let owner = owner.split('/').next().unwrap_or(owner);
    let inside = |one: &&Repository| one.network == repository.network && one.owner == owner;
    let other = state.repositories.values().find(inside)?;
    state.commit_named(other, branch)
}

fn compare(state: &State, asked: &Asked) -> Outcome {
    let repository = asked.repository(state)?;
    let objects = state.objects(repository);
    let (base, head) = asked
        .parameter("basehead")
        .split_once("...")
        .ok_or_else(Refusal::not_found)?;
    let base_sha = end_of(state, repository, base).ok_or_else(Refusal::not_found)?;
    let head_sha = end_of(state, repository, head).ok_or_else(Refusal::not_found)?;
    let none = || {
        Refusal::new(
            404,
            &format!("No common ancestor between {base} and {head}."),
        )
    };
    let fork = objects.merge_base(&base_sha, &head_sha).ok_or_else(none)?;
    let all = changes::between(
        objects,
        &objects.files_of_commit(&fork),
        &objects.files_of_commit(&head_sha),
    );
    if asked.accept.contains("diff") {
        return whole_diff(&all);
    }
    let ahead = objects.commits_between(&base_sha, &head_sha);
    let behind = objects.commits_between(&head_sha, &base_sha).len();
    let (commits, headers) = compared_commits(state, asked, repository, &ahead);
    let mut shown = compare_addresses(state, repository, asked.parameter("basehead"));
    let more = json!({
        "base_commit": state.show_commit(repository, &base_sha),
        "merge_base_commit": state.show_commit(repository, &fork),
        "status": standing(ahead.len(), behind),
        "ahead_by": ahead.len(),
        "behind_by": behind,
        "total_commits": ahead.len(),
        "commits": commits,
    });
    for (name, value) in more.as_object().into_iter().flatten() {
        shown[name] = value.clone();
    }
    if asked.query.get("page").is_none_or(|page| page == "1") {
        shown["files"] = all
            .iter()
            .take(MOST_FILES)
            .map(|one| state.show_changed(repository, &head_sha, one))
            .collect();
    }
    Ok(Reply {
        status: 200,
        headers,
        content: Content::Json(shown),
    })
}

/// How the head stands to the base.
fn standing(ahead: usize, behind: usize) -> &'static str {
    match (ahead, behind) {
        (0, 0) => "identical",
        (0, _) => "behind",
        (_, 0) => "ahead",
        _ => "diverged",
    }
}

/// A page of the commits where one is asked for, or as many as are shown at once.
fn compared_commits(
    state: &State,
    asked: &Asked,
    repository: &Repository,
    ahead: &[String],
) -> (Vec<Value>, Vec<(String, String)>) {
    let each = ahead.iter().map(|sha| state.show_commit(repository, sha));
    if asked.query.contains_key("page") || asked.query.contains_key("per_page") {
        asked.page(state, &each.collect::<Vec<_>>())
    } else {
        (each.take(MOST_COMMITS).collect(), Vec::new())
    }
}

fn compare_addresses(state: &State, repository: &Repository, ends: &str) -> Value {
    let (name, ends) = (repository.full_name(), percent(ends));
    let html = state.api(&format!("{name}/compare/{ends}"));
    json!({
        "url": state.api(&format!("repos/{name}/compare/{ends}")),
        "html_url": html,
        "permalink_url": html,
        "diff_url": format!("{html}.diff"),
        "patch_url": format!("{html}.patch"),
    })
}

fn pulls_of_commit(state: &State, asked: &Asked) -> Outcome {
    let repository = asked.repository(state)?;
    let sha = asked.parameter("commit_sha");
    let objects = state.objects(repository);
    let holds = |pull: &&super::super::pull::Pull| {
        let base = state.merge_base_of(repository, pull, &pull.head_sha);
        objects
            .commits_between(&base, &pull.head_sha)
            .iter()
            .any(|one| one == sha)
    };
    let all: Vec<Value> = repository
        .pulls
        .values()
        .filter(holds)
        .map(|pull| state.show_pull(repository, pull, "pull-request-simple"))
        .collect();
    Ok(asked.list(state, &all))
}

/// All changes as one text, within the limits that GitHub has for it.
pub fn whole_diff(all: &[Changed]) -> Outcome {
    if all.len() > MOST_FILES_AT_ALL {
        // source: reported by users of the media type `diff`; the description knows 406 alone
        return Err(Refusal::new(
            422,
            "The diff could not be processed because too many files changed",
        ));
    }
    let lines: usize = all.iter().map(|one| one.additions + one.deletions).sum();
    if all.len() > MOST_FILES || lines > changes::ALL_LINES {
        // source: reviewdog#2150, golangci-lint-action#996: 406, `too_large` on the field `diff`
        let what = if all.len() > MOST_FILES {
            format!("the diff exceeded the maximum number of files ({MOST_FILES})")
        } else {
            format!(
                "the diff exceeded the maximum number of lines ({})",
                changes::ALL_LINES
            )
        };
        let text = format!(
            "Sorry, {what}. Consider using 'List pull requests files' API or locally cloning the repository instead."
        );
        let errors = json!([{ "resource": "PullRequest", "field": "diff", "code": "too_large" }]);
        return Err(Refusal {
            status: 406,
            message: text,
            errors: Some(errors),
        });
    }
    let text: String = all.iter().map(file_diff).collect();
    Ok(Reply::text(
        text.into_bytes(),
        "application/vnd.github.v3.diff; charset=utf-8",
    ))
}

/// One file as a diff shows it, under the names that it has.
fn file_diff(one: &Changed) -> String {
    let mut text = String::new();
    let old = one.previous.as_ref().unwrap_or(&one.path);
    text += &format!("diff --git a/{old} b/{}\n", one.path);
    match one.status {
        "added" => text += "new file mode 100644\n",
        "removed" => text += "deleted file mode 100644\n",
        "renamed" => {
            text += &format!(
                "similarity index 50%\nrename from {old}\nrename to {}\n",
                one.path
            )
        }
        _ => {}
    }
    if one.hunks.is_empty() {
        return text;
    }
    let from = if one.status == "added" {
        "/dev/null".to_owned()
    } else {
        format!("a/{old}")
    };
    let to = if one.status == "removed" {
        "/dev/null".to_owned()
    } else {
        format!("b/{}", one.path)
    };
    text += &format!(
        "--- {from}\n+++ {to}\n{}\n",
        super::super::lines::patch(&one.hunks)
    );
    text
}
