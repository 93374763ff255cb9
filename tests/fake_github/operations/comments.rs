//! Comments on lines and files, answers to them, and where they stand after a push.

use serde_json::Value;

use super::super::changes::Changed;
use super::super::exchange::{Asked, Outcome, Refusal, Reply};
use super::super::lines;
use super::super::objects::Objects;
use super::super::pull::{Anchor, Pull, Reaction, ReviewComment, Side};
use super::super::state::{Repository, State};
use super::pulls::named;
use super::reviews::{Draft, anchor_in, check_body, check_pending, commit_of, written_comment};

pub fn perform(state: &mut State, asked: &Asked) -> Outcome {
    match asked.operation.id.as_str() {
        "pulls/list-review-comments" => list(state, asked),
        "pulls/create-review-comment" => create(state, asked),
        "pulls/create-reply-for-review-comment" => reply(state, asked),
        "pulls/get-review-comment" => {
            let (repository, number, id) = found(state, asked)?;
            show(state, repository, number, id, 200)
        }
        "pulls/update-review-comment" => update(state, asked),
        "pulls/delete-review-comment" => {
            let (repository, number, id) = found(state, asked)?;
            let login = asked.caller.login().unwrap_or_default();
            state.delete_comment((repository, number), id, login);
            Ok(Reply::empty(204))
        }
        _ => Err(super::unknown()),
    }
}

/// The repository, the pull request and the id of the comment of the path.
fn found(state: &State, asked: &Asked) -> Result<(u64, u64, u64), Refusal> {
    let repository = asked.repository(state)?;
    let id = asked.number("comment_id")?;
    let login = asked.caller.login();
    let visible = |pull: &&Pull| {
        pull.comment(id)
            .is_some_and(|one| !pull.is_pending(one) || login == Some(&one.author))
    };
    let pull = repository
        .pulls
        .values()
        .find(visible)
        .ok_or_else(Refusal::not_found)?;
    Ok((repository.id, pull.number, id))
}

fn show(state: &State, repository: u64, number: u64, id: u64, status: u16) -> Outcome {
    let repository = &state.repositories[&repository];
    let pull = &repository.pulls[&number];
    let comment = pull.comment(id).ok_or_else(Refusal::not_found)?;
    Ok(Reply::json(
        status,
        state.show_comment(repository, pull, comment),
    ))
}

fn list(state: &State, asked: &Asked) -> Outcome {
    let (repository, pull) = named(state, asked)?;
    let login = asked.caller.login();
    let mut all: Vec<&ReviewComment> = pull
        .comments
        .iter()
        .filter(|one| !pull.is_pending(one) || login == Some(&one.author))
        .collect();
    if let Some(since) = asked
        .query
        .get("since")
        .and_then(|text| text.parse::<jiff::Timestamp>().ok())
    {
        all.retain(|one| one.updated >= since.as_millisecond());
    }
    let by_update = asked
        .query
        .get("sort")
        .is_some_and(|sort| sort == "updated");
    all.sort_by_key(|one| (if by_update { one.updated } else { one.created }, one.id));
    if asked
        .query
        .get("direction")
        .is_some_and(|word| word == "desc")
    {
        all.reverse();
    }
    let shown: Vec<Value> = all
        .into_iter()
        .map(|one| state.show_comment(repository, pull, one))
        .collect();
    Ok(asked.list(state, &shown))
}

/// A refusal in the shape of comments: objects, not texts.
fn refuse(text: String) -> Refusal {
    let field = if text.starts_with("Pull request review thread") {
        "pull_request_review_thread.line"
    } else {
        "body"
    };
    Refusal::field("PullRequestReviewComment", field, &text)
}

fn create(state: &mut State, asked: &Asked) -> Outcome {
    let (repository, pull) = named(state, asked)?;
    let login = asked
        .caller
        .login()
        .ok_or_else(Refusal::not_found)?
        .to_owned();
    check_pending(pull, &login).map_err(refuse)?;
    if let Some(root) = asked.body["in_reply_to"].as_u64() {
        let place = (repository.id, pull.number);
        return answer(state, asked, place, root, 422);
    }
    let commit = commit_of(state, repository, pull, asked.text("commit_id")).map_err(refuse)?;
    let changes = state.changes_of(repository, pull, &commit);
    let draft = anchor_in(&asked.body, &changes, &repository.refused).map_err(refuse)?;
    let place = (repository.id, pull.number);
    let id = written_comment(
        state,
        place,
        (&login, asked.caller.app()),
        &commit,
        draft,
        None,
    );
    show(state, place.0, place.1, id, 201)
}

fn reply(state: &mut State, asked: &Asked) -> Outcome {
    let (repository, pull) = named(state, asked)?;
    let place = (repository.id, pull.number);
    answer(state, asked, place, asked.number("comment_id")?, 404)
}

/// Answers the comment that begins a thread.
// source: OpenAPI description of `pulls/create-reply-for-review-comment`: replies to replies are not supported
fn answer(state: &mut State, asked: &Asked, place: (u64, u64), root: u64, missing: u16) -> Outcome {
    let login = asked
        .caller
        .login()
        .ok_or_else(Refusal::not_found)?
        .to_owned();
    let pull = state.pull_mut(place.0, place.1);
    let body = asked.text("body").unwrap_or_default();
    let begins = pull
        .comment(root)
        .filter(|one| one.answers.is_none() && !pull.is_pending(one));
    let Some(begins) = begins.cloned() else {
        return Err(if missing == 404 {
            Refusal::not_found()
        } else {
            refuse("in_reply_to is not a thread".to_owned())
        });
    };
    check_body(body).map_err(refuse)?;
    check_pending(pull, &login).map_err(refuse)?;
    let draft = Draft {
        body: body.to_owned(),
        anchor: begins.original.clone(),
        hunk: begins.hunk.clone(),
    };
    let author = (login.as_str(), asked.caller.app());
    let id = written_comment(
        state,
        place,
        author,
        &begins.original_commit,
        draft,
        Some(root),
    );
    show(state, place.0, place.1, id, 201)
}

fn update(state: &mut State, asked: &Asked) -> Outcome {
    let (repository, number, id) = found(state, asked)?;
    let body = asked.text("body").unwrap_or_default().to_owned();
    check_body(&body).map_err(refuse)?;
    let login = asked.caller.login().unwrap_or_default();
    state.edit_comment((repository, number), id, &body, login);
    show(state, repository, number, id, 200)
}

impl State {
    /// Puts a reaction on a comment on a line; the same one twice is still one.
    pub fn react(
        &mut self,
        reactions: &[Reaction],
        login: &str,
        content: &str,
    ) -> (Reaction, bool) {
        if let Some(known) = reactions
            .iter()
            .find(|one| one.author == login && one.content == content)
        {
            return (known.clone(), false);
        }
        let reaction = Reaction {
            id: self.next_id(),
            author: login.to_owned(),
            content: content.to_owned(),
            created: self.clock.millis(),
        };
        (reaction, true)
    }
}

/// Moves the comments of a pull request to where their lines are now; those whose lines are gone are outdated.
// source: ifc-lite#3729: `commit_id` follows the head, `original_commit_id` stays; brave/security-action#125
pub fn reanchor(state: &mut State, place: (u64, u64)) {
    let Some(repository) = state.repositories.get(&place.0) else {
        return;
    };
    let pull = &repository.pulls[&place.1];
    if pull
        .comments
        .iter()
        .all(|comment| comment.commit == pull.head_sha && comment.current.is_some())
    {
        return;
    }
    let changes = state.changes_of(repository, pull, &pull.head_sha);
    let anchors: Vec<Option<Anchor>> = pull
        .comments
        .iter()
        .map(|comment| moved(state, repository, pull, comment, &changes))
        .collect();
    let head = pull.head_sha.clone();
    let pull = state.pull_mut(place.0, place.1);
    for (comment, anchor) in pull.comments.iter_mut().zip(anchors) {
        if anchor.is_some() {
            comment.commit.clone_from(&head);
        }
        comment.current = anchor;
    }
}

fn moved(
    state: &State,
    repository: &Repository,
    pull: &Pull,
    comment: &ReviewComment,
    changes: &[Changed],
) -> Option<Anchor> {
    let objects = state.objects(repository);
    let original = &comment.original;
    let changed = changes.iter().find(|one| one.path == original.path)?;
    let Some(line) = original.line else {
        return Some(original.clone());
    };
    let sides = |side: Side| match side {
        Side::Right => (comment.original_commit.clone(), pull.head_sha.clone()),
        Side::Left => (
            state.merge_base_of(repository, pull, &comment.original_commit),
            state.merge_base_of(repository, pull, &pull.head_sha),
        ),
    };
    let line = follow(objects, &original.path, &sides(original.side), line)?;
    let start = match original.start {
        None => None,
        Some((start, side)) => Some((follow(objects, &original.path, &sides(side), start)?, side)),
    };
    let anchor = Anchor {
        line: Some(line),
        start,
        position: None,
        ..original.clone()
    };
    anchor.proven(changed).ok()
}

fn follow(
    objects: &Objects,
    path: &str,
    (from, to): &(String, String),
    line: usize,
) -> Option<usize> {
    let text =
        |commit: &str| Some(String::from_utf8_lossy(objects.content(commit, path)?).into_owned());
    if from == to {
        return Some(line);
    }
    lines::carried(&text(from)?, &text(to)?, line)
}
