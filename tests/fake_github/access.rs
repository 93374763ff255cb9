//! Who may do what.

use super::exchange::{Asked, Refusal};
use super::state::{Level, State};
use super::tokens::Caller;

/// What an operation asks of its caller.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Need {
    Nothing,
    App,
    Installation,
    Person,
    /// One of these permissions, on the repository of the path.
    Permission(&'static [&'static str], Level),
}

/// What an operation needs.
// source: docs.github.com, "Permissions required for GitHub Apps"
pub fn need(operation: &str) -> Need {
    use Level::{Read, Write};
    match operation {
        "apps/create-from-manifest" | "rate-limit/get" => Need::Nothing,
        "apps/list-repos-accessible-to-installation" => Need::Installation,
        "users/get-authenticated"
        | "apps/list-installations-for-authenticated-user"
        | "apps/list-installation-repos-for-authenticated-user" => Need::Person,
        "repos/get" | "repos/get-collaborator-permission-level" => {
            Need::Permission(&["metadata"], Read)
        }
        "repos/get-content" | "repos/compare-commits-with-basehead" => {
            Need::Permission(&["contents"], Read)
        }
        "repos/list-pull-requests-associated-with-commit" => {
            Need::Permission(&["pull_requests"], Read)
        }
        "code-scanning/upload-sarif" => Need::Permission(&["security_events"], Write),
        "code-scanning/get-sarif" => Need::Permission(&["security_events"], Read),
        "checks/create" | "checks/update" => Need::Permission(&["checks"], Write),
        "reactions/create-for-pull-request-review-comment" => {
            Need::Permission(&["pull_requests"], Write)
        }
        "issues/list-comments" => Need::Permission(&["issues", "pull_requests"], Read),
        "pulls/list"
        | "pulls/get"
        | "pulls/list-files"
        | "pulls/list-reviews"
        | "pulls/list-review-comments"
        | "pulls/get-review-comment" => Need::Permission(&["pull_requests"], Read),
        other if other.starts_with("apps/") => Need::App,
        other if other.starts_with("git/") => Need::Permission(&["contents"], Read),
        other if other.starts_with("checks/") => Need::Permission(&["checks"], Read),
        other if other.starts_with("pulls/") => Need::Permission(&["pull_requests"], Write),
        // Comments of a pull request's conversation.
        _ => Need::Permission(&["issues", "pull_requests"], Write),
    }
}

impl Need {
    /// As `X-Accepted-GitHub-Permissions` says it; alternatives stand after semicolons.
    pub fn header(self) -> Option<String> {
        let Need::Permission(names, level) = self else {
            return None;
        };
        let each: Vec<String> = names
            .iter()
            .map(|name| format!("{name}={}", level.name()))
            .collect();
        Some(each.join("; "))
    }
}

/// Whether the caller may have this operation, and what it used of its permissions.
pub fn check(state: &mut State, asked: &Asked) -> Result<(), Refusal> {
    let need = need(&asked.operation.id);
    match (need, &asked.caller) {
        (Need::Nothing, _)
        | (Need::App, Caller::App)
        | (Need::Installation, Caller::Installation(_))
        | (Need::Person, Caller::Person(_)) => return Ok(()),
        (Need::App, _) => {
            return Err(Refusal::new(401, "A JSON web token could not be decoded"));
        }
        (Need::Installation, _) => {
            return Err(Refusal::new(
                403,
                "You must authenticate with an installation access token.",
            ));
        }
        (Need::Person, Caller::Installation(_) | Caller::Job(_)) => {
            return Err(Refusal::new(403, "Resource not accessible by integration"));
        }
        (Need::Person, _) | (Need::Permission(..), Caller::App) => {
            return Err(Refusal::new(401, "Requires authentication"));
        }
        (Need::Permission(..), _) => {}
    }
    let Need::Permission(names, level) = need else {
        return Ok(());
    };
    let repository = asked.repository(state)?;
    let held = names
        .iter()
        .find(|name| asked.caller.holds(state, repository, name, level));
    if let Some(name) = held {
        if let Caller::Installation(grant) = &asked.caller {
            let installation = grant.installation;
            state
                .record
                .used
                .entry(installation)
                .or_default()
                .insert(((*name).to_owned(), level));
        }
        return Ok(());
    }
    // Anybody reads what is public. Where the app is installed, the stand-in asks for the permission all the same, so
    // that a bot which holds too little is found out before it meets a private repository.
    let outside = asked.caller.grant().is_none_or(|grant| {
        let installed = state.installations.get(&grant.installation);
        !installed.is_some_and(|one| {
            state
                .covered(one)
                .iter()
                .any(|covered| covered.id == repository.id)
        })
    });
    let public = level == Level::Read && !repository.private && names != ["security_events"];
    if public && outside {
        return Ok(());
    }
    Err(match &asked.caller {
        Caller::Nobody => Refusal::new(401, "Requires authentication"),
        Caller::Person(_) => Refusal::new(403, "Must have write access to the repository."),
        _ => Refusal::new(403, "Resource not accessible by integration"),
    })
}
