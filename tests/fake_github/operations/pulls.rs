//! Pull requests and their files.

use serde_json::Value;

use super::super::changes::{self, Changed};
use super::super::exchange::{Asked, Outcome, Refusal, Reply};
use super::super::pull::Pull;
use super::super::state::{Repository, State};
use super::repositories::whole_diff;

/// All pages together list so many files.
// source: OpenAPI description of `pulls/list-files`: up to 3000 files
const MOST_FILES: usize = 3000;

pub fn perform(state: &mut State, asked: &Asked) -> Outcome {
    match asked.operation.id.as_str() {
        "pulls/list" => list(state, asked),
        "pulls/get" => get(state, asked),
        "pulls/list-files" => files(state, asked),
        _ => Err(super::unknown()),
    }
}

impl State {
    /// Where the branch of a pull request left its base.
    pub fn merge_base_of(&self, repository: &Repository, pull: &Pull, head: &str) -> String {
        let tip = repository
            .branches
            .get(&pull.base_branch)
            .filter(|_| !pull.merged);
        let tip = tip.unwrap_or(&pull.base_sha);
        self.objects(repository)
            .merge_base(tip, head)
            .unwrap_or_else(|| pull.base_sha.clone())
    }

    /// What a pull request changes, at one of its commits.
    pub fn changes_of(&self, repository: &Repository, pull: &Pull, head: &str) -> Vec<Changed> {
        let objects = self.objects(repository);
        let base = self.merge_base_of(repository, pull, head);
        changes::between(
            objects,
            &objects.files_of_commit(&base),
            &objects.files_of_commit(head),
        )
    }
}

/// The pull request of the path.
pub fn named<'a>(state: &'a State, asked: &Asked) -> Result<(&'a Repository, &'a Pull), Refusal> {
    let repository = asked.repository(state)?;
    let number = asked.number("pull_number")?;
    let pull = repository
        .pulls
        .get(&number)
        .ok_or_else(Refusal::not_found)?;
    Ok((repository, pull))
}

fn get(state: &State, asked: &Asked) -> Outcome {
    let (repository, pull) = named(state, asked)?;
    if asked.accept.contains("diff") {
        return whole_diff(&state.changes_of(repository, pull, &pull.head_sha));
    }
    Ok(Reply::json(
        200,
        state.show_pull(repository, pull, "pull-request"),
    ))
}

fn list(state: &State, asked: &Asked) -> Outcome {
    let repository = asked.repository(state)?;
    let given = |name: &str| asked.query.get(name).map(String::as_str);
    let head = given("head").filter(|head| head.contains(':'));
    let label = |pull: &Pull| {
        let owner = state
            .repositories
            .get(&pull.head_repository)
            .map_or("", |one| one.owner.as_str());
        format!("{owner}:{}", pull.head_branch)
    };
    let wanted = |pull: &&Pull| {
        let state = match given("state").unwrap_or("open") {
            "open" => pull.open,
            "closed" => !pull.open,
            _ => true,
        };
        state
            && given("base").is_none_or(|base| pull.base_branch == base)
            && head.is_none_or(|head| label(pull) == head)
    };
    let mut all: Vec<&Pull> = repository.pulls.values().filter(wanted).collect();
    let by_update = given("sort") == Some("updated");
    all.sort_by_key(|pull| {
        (
            if by_update {
                pull.updated
            } else {
                pull.created
            },
            pull.number,
        )
    });
    // source: docs.github.com, "List pull requests": newest first where nothing is said
    let descending = given("direction")
        .map_or(given("sort").is_none_or(|sort| sort == "created"), |word| {
            word == "desc"
        });
    if descending {
        all.reverse();
    }
    let shown: Vec<Value> = all
        .into_iter()
        .map(|pull| state.show_pull(repository, pull, "pull-request-simple"))
        .collect();
    Ok(asked.list(state, &shown))
}

fn files(state: &State, asked: &Asked) -> Outcome {
    let (repository, pull) = named(state, asked)?;
    let all = state.changes_of(repository, pull, &pull.head_sha);
    let each = all
        .iter()
        .take(MOST_FILES)
        .map(|one| state.show_changed(repository, &pull.head_sha, one));
    let shown: Vec<Value> = each.collect();
    Ok(asked.list(state, &shown))
}
