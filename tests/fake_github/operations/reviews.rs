//! Reviews: all of one, or none of it.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::super::changes::Changed;
use super::super::deliveries::Event;
use super::super::exchange::{Asked, Outcome, Refusal, Reply};
use super::super::pull::{Anchor, Pull, Review, ReviewComment, Side};
use super::super::state::{Repository, State};
use super::pulls::named;

/// The longest text of a review or a comment, in characters.
// source: ThrillhouseBot#462 and others: 422 "Body is too long (maximum is 65536 characters)"
pub const LONGEST: usize = 65_536;

pub fn perform(state: &mut State, asked: &Asked) -> Outcome {
    match asked.operation.id.as_str() {
        "pulls/list-reviews" => list(state, asked),
        "pulls/create-review" => create(state, asked),
        "pulls/update-review" => update(state, asked),
        "pulls/delete-pending-review" => delete_pending(state, asked),
        _ => Err(super::unknown()),
    }
}

/// Refuses a text that is empty or too long.
pub fn check_body(body: &str) -> Result<(), String> {
    if body.trim().is_empty() {
        return Err("Body can't be blank".to_owned());
    }
    if body.chars().count() > LONGEST {
        return Err(format!(
            "Body is too long (maximum is {LONGEST} characters)"
        ));
    }
    Ok(())
}

fn list(state: &State, asked: &Asked) -> Outcome {
    let (repository, pull) = named(state, asked)?;
    let login = asked.caller.login();
    // A review that was not handed in is seen by its author alone.
    let visible = |review: &&Review| review.state != "PENDING" || login == Some(&review.author);
    let shown: Vec<Value> = pull
        .reviews
        .iter()
        .filter(visible)
        .map(|review| state.show_review(repository, pull, review))
        .collect();
    Ok(asked.list(state, &shown))
}

/// A comment that is to be written.
#[derive(Clone, Debug)]
pub struct Draft {
    pub body: String,
    pub anchor: Anchor,
    pub hunk: String,
}

/// Where JSON says that a comment is to stand; the same names in reviews and in single comments.
///
/// A place that is `refused` is not taken although the diff has it: GitHub knows reasons of its own.
pub fn anchor_in(
    given: &Value,
    changes: &[Changed],
    refused: &BTreeSet<(String, usize)>,
) -> Result<Draft, String> {
    let text = |name: &str| given[name].as_str();
    let count = |name: &str| {
        given[name]
            .as_u64()
            .and_then(|number| usize::try_from(number).ok())
    };
    let path = text("path").unwrap_or_default();
    let body = text("body").unwrap_or_default();
    check_body(body)?;
    let place = (path.to_owned(), count("line").unwrap_or_default());
    if refused.contains(&place) {
        return Err("Pull request review thread line must be part of the diff".to_owned());
    }
    let changed = changes.iter().find(|one| one.path == path);
    // source: issues of users of `pulls/create-review`, among them pr-agent#592
    let changed = changed.ok_or("Invalid value for 'pull_request_review_thread.path'")?;
    let side = |name: &str| {
        text(name).map_or(Ok(Side::Right), |name| {
            Side::named(name).ok_or("Invalid value for side")
        })
    };
    let whole_file = text("subject_type") == Some("file");
    let (line, line_side) = match (count("line"), count("position")) {
        (Some(line), _) => (Some(line), side("side")?),
        (None, Some(position)) => {
            let found = changed.at_position(position).ok_or("Position is invalid")?;
            (Some(found.0), found.1)
        }
        (None, None) if whole_file => (None, Side::Right),
        (None, None) => {
            return Err("Pull request review thread line must be part of the diff".to_owned());
        }
    };
    let start = match (count("start_line"), text("start_side")) {
        (Some(start), Some(_)) => Some((start, side("start_side")?)),
        (Some(start), None) => Some((start, line_side)),
        (None, _) => None,
    };
    let anchor = Anchor {
        path: path.to_owned(),
        line,
        side: line_side,
        start,
        position: None,
    }
    .proven(changed)?;
    let hunk = line
        .map(|line| changed.hunk_to(line, line_side))
        .unwrap_or_default();
    if changed.hunks.is_empty() && line.is_some() {
        return Err("Pull request review thread diff hunk can't be blank".to_owned());
    }
    Ok(Draft {
        body: body.to_owned(),
        anchor,
        hunk,
    })
}

/// The commit that a review or comment is about.
pub fn commit_of(
    state: &State,
    repository: &Repository,
    pull: &Pull,
    given: Option<&str>,
) -> Result<String, String> {
    let Some(sha) = given else {
        return Ok(pull.head_sha.clone());
    };
    let base = state.merge_base_of(repository, pull, &pull.head_sha);
    let own = state
        .objects(repository)
        .commits_between(&base, &pull.head_sha);
    // A head that a forced push took away is still known to the pull request.
    if own.iter().any(|one| one == sha) || pull.heads.iter().any(|one| one == sha) {
        return Ok(sha.to_owned());
    }
    // source: wandersoncferreira/code-review#210
    Err("Start commit oid is not part of the pull request".to_owned())
}

/// Refuses a second review beside one that was not handed in.
// source: QwenLM/qwen-code#10088, max-sixty/tend#1171: even with `event: COMMENT`
pub fn check_pending(pull: &Pull, login: &str) -> Result<(), String> {
    let pending = pull
        .reviews
        .iter()
        .any(|review| review.state == "PENDING" && review.author == login);
    if pending {
        Err("User can only have one pending review per pull request".to_owned())
    } else {
        Ok(())
    }
}

/// The state of a review by its event.
// source: OpenAPI description of the operation: a blank event leaves the review PENDING
fn standing(event: &str) -> &'static str {
    match event {
        "APPROVE" => "APPROVED",
        "REQUEST_CHANGES" => "CHANGES_REQUESTED",
        "COMMENT" => "COMMENTED",
        _ => "PENDING",
    }
}

fn create(state: &mut State, asked: &Asked) -> Outcome {
    let (repository, pull) = named(state, asked)?;
    let login = asked
        .caller
        .login()
        .ok_or_else(Refusal::not_found)?
        .to_owned();
    let refuse = |text: String| Refusal::texts(&[text]);
    check_pending(pull, &login).map_err(refuse)?;
    let body = asked.text("body").unwrap_or_default();
    let event = asked.text("event").unwrap_or_default();
    if body.chars().count() > LONGEST {
        return Err(refuse(format!(
            "Body is too long (maximum is {LONGEST} characters)"
        )));
    }
    // source: OpenAPI description of the operation: a body is required for REQUEST_CHANGES and COMMENT
    if matches!(event, "COMMENT" | "REQUEST_CHANGES") && body.trim().is_empty() {
        return Err(refuse("Body can't be blank".to_owned()));
    }
    if pull.author == login && matches!(event, "APPROVE" | "REQUEST_CHANGES") {
        let word = if event == "APPROVE" {
            "approve"
        } else {
            "request changes on"
        };
        return Err(refuse(format!("Can not {word} your own pull request")));
    }
    let commit = commit_of(state, repository, pull, asked.text("commit_id")).map_err(refuse)?;
    let changes = state.changes_of(repository, pull, &commit);
    let given = asked.body["comments"]
        .as_array()
        .cloned()
        .unwrap_or_default();
    let drafts: Result<Vec<Draft>, String> = given
        .iter()
        .map(|one| anchor_in(one, &changes, &repository.refused))
        .collect();
    let drafts = drafts.map_err(refuse)?;
    let standing = standing(event);
    let place = (repository.id, pull.number);
    let review = Review {
        id: state.next_id(),
        author: login,
        app: asked.caller.app(),
        body: body.to_owned(),
        state: standing.to_owned(),
        commit,
        submitted: (standing != "PENDING").then(|| state.clock.millis()),
        implied: false,
    };
    let id = state.put_review(place, review, drafts, None);
    let (repository, pull) = named(state, asked)?;
    let review = pull.review(id).ok_or_else(Refusal::not_found)?;
    Ok(Reply::json(
        200,
        state.show_review(repository, pull, review),
    ))
}

impl State {
    /// Writes a review with its comments, and tells of it once it is handed in.
    pub fn put_review(
        &mut self,
        place: (u64, u64),
        review: Review,
        drafts: Vec<Draft>,
        answers: Option<u64>,
    ) -> u64 {
        let now = self.clock.millis();
        let (id, handed_in) = (review.id, review.state != "PENDING");
        let mut written = Vec::new();
        for draft in drafts {
            written.push(ReviewComment {
                id: self.next_id(),
                review: id,
                author: review.author.clone(),
                app: review.app,
                body: draft.body,
                hunk: draft.hunk,
                current: Some(draft.anchor.clone()),
                original: draft.anchor,
                original_commit: review.commit.clone(),
                commit: review.commit.clone(),
                answers,
                created: now,
                updated: now,
                minimised: None,
                reactions: Vec::new(),
            });
        }
        let pull = self.pull_mut(place.0, place.1);
        pull.updated = now;
        pull.reviews.push(review);
        let ids: Vec<u64> = written.iter().map(|comment| comment.id).collect();
        pull.comments.extend(written);
        super::reanchor(self, place);
        if handed_in {
            self.tell_of_review(place, id, &ids);
        }
        id
    }

    fn tell_of_review(&mut self, place: (u64, u64), id: u64, comments: &[u64]) {
        let mut events = Vec::new();
        let Some(repository) = self.repositories.get(&place.0) else {
            return;
        };
        let pull = &repository.pulls[&place.1];
        let shown_pull = self.show_pull(repository, pull, "pull-request-simple");
        for comment in comments.iter().filter_map(|id| pull.comment(*id)) {
            let shown = self.show_comment(repository, pull, comment);
            events.push((
                "pull_request_review_comment",
                "created",
                json!({ "comment": shown, "pull_request": shown_pull }),
                comment.author.clone(),
            ));
        }
        if let Some(review) = pull.review(id) {
            let mut shown = self.show_review(repository, pull, review);
            // Deliveries write the state in small letters.
            shown["state"] = json!(review.state.to_lowercase());
            let payload = json!({ "review": shown, "pull_request": shown_pull });
            events.push((
                "pull_request_review",
                "submitted",
                payload,
                review.author.clone(),
            ));
        }
        for (name, action, payload, sender) in events {
            self.emit(Event {
                name,
                action,
                repository: Some(place.0),
                payload,
                sender,
            });
        }
    }
}

/// Writes a single comment, for which GitHub makes a review of its own, and gives the comment's id.
pub fn written_comment(
    state: &mut State,
    place: (u64, u64),
    author: (&str, Option<u64>),
    commit: &str,
    draft: Draft,
    answers: Option<u64>,
) -> u64 {
    let review = Review {
        id: state.next_id(),
        author: author.0.to_owned(),
        app: author.1,
        body: String::new(),
        state: "COMMENTED".to_owned(),
        commit: commit.to_owned(),
        submitted: Some(state.clock.millis()),
        implied: true,
    };
    let id = state.put_review(place, review, vec![draft], answers);
    let comments = &state.pull_mut(place.0, place.1).comments;
    comments
        .iter()
        .rfind(|comment| comment.review == id)
        .map_or(0, |comment| comment.id)
}

fn own_review(state: &State, asked: &Asked) -> Result<(u64, u64, Review), Refusal> {
    let (repository, pull) = named(state, asked)?;
    let review = pull
        .review(asked.number("review_id")?)
        .ok_or_else(Refusal::not_found)?;
    let login = asked.caller.login().unwrap_or_default();
    if review.author != login {
        return Err(if review.state == "PENDING" {
            Refusal::not_found()
        } else {
            Refusal::texts(&["Can not edit a review of somebody else".to_owned()])
        });
    }
    Ok((repository.id, pull.number, review.clone()))
}

fn update(state: &mut State, asked: &Asked) -> Outcome {
    let (repository, number, review) = own_review(state, asked)?;
    let body = asked.text("body").unwrap_or_default().to_owned();
    check_body(&body).map_err(|text| Refusal::texts(&[text]))?;
    let pull = state.pull_mut(repository, number);
    if let Some(review) = pull.reviews.iter_mut().find(|one| one.id == review.id) {
        review.body = body;
    }
    let (repository, pull) = named(state, asked)?;
    let review = pull.review(review.id).ok_or_else(Refusal::not_found)?;
    Ok(Reply::json(
        200,
        state.show_review(repository, pull, review),
    ))
}

fn delete_pending(state: &mut State, asked: &Asked) -> Outcome {
    let (repository, number, review) = own_review(state, asked)?;
    if review.state != "PENDING" {
        return Err(Refusal::texts(&[
            "Can not delete a non-pending pull request review".to_owned(),
        ]));
    }
    let (owner, pull) = named(state, asked)?;
    let shown = state.show_review(owner, pull, &review);
    let pull = state.pull_mut(repository, number);
    pull.comments.retain(|comment| comment.review != review.id);
    pull.reviews.retain(|one| one.id != review.id);
    Ok(Reply::json(200, shown))
}
