//! GitHub's operations, each by the name that its description gives it.

mod apps;
mod checks;
mod comments;
mod conversation;
mod git;
mod people;
mod pulls;
mod repositories;
mod reviews;
mod scanning;

pub use comments::reanchor;
pub use reviews::{Draft, written_comment};

use super::exchange::{Asked, Outcome, Refusal};
use super::state::State;

/// Does what is asked.
pub fn perform(state: &mut State, asked: &Asked) -> Outcome {
    let operation = asked.operation.id.as_str();
    match operation.split_once('/').unwrap_or_default().0 {
        "apps" => apps::perform(state, asked),
        "checks" => checks::perform(state, asked),
        "git" => git::perform(state, asked),
        "users" | "rate-limit" => people::perform(state, asked),
        "repos" => repositories::perform(state, asked),
        "code-scanning" => scanning::perform(state, asked),
        "issues" | "reactions" => conversation::perform(state, asked),
        "pulls" if operation.contains("comment") => comments::perform(state, asked),
        "pulls" if operation.contains("review") => reviews::perform(state, asked),
        "pulls" => pulls::perform(state, asked),
        _ => Err(unknown()),
    }
}

/// An operation that the description has and the stand-in does not.
fn unknown() -> Refusal {
    Refusal::new(501, "the stand-in does not do this")
}
