//! Comments of a pull request's conversation, and reactions.

use serde_json::Value;

use super::super::deliveries::Event;
use super::super::exchange::{Asked, Outcome, Refusal, Reply};
use super::super::pull::TimelineComment;
use super::super::state::State;
use super::reviews::LONGEST;

pub fn perform(state: &mut State, asked: &Asked) -> Outcome {
    match asked.operation.id.as_str() {
        "issues/list-comments" => {
            let (repository, number) = pull(state, asked)?;
            let repository = &state.repositories[&repository];
            let each = repository.pulls[&number].timeline.iter();
            let shown: Vec<Value> = each
                .map(|one| state.show_timeline(repository, number, one))
                .collect();
            Ok(asked.list(state, &shown))
        }
        "issues/create-comment" => create(state, asked),
        "issues/update-comment" => update(state, asked),
        "issues/delete-comment" => {
            let (repository, number, id) = found(state, asked)?;
            state
                .pull_mut(repository, number)
                .timeline
                .retain(|one| one.id != id);
            Ok(Reply::empty(204))
        }
        "reactions/create-for-issue-comment" => react(state, asked),
        "reactions/create-for-pull-request-review-comment" => react_to_review_comment(state, asked),
        _ => Err(super::unknown()),
    }
}

fn pull(state: &State, asked: &Asked) -> Result<(u64, u64), Refusal> {
    let repository = asked.repository(state)?;
    let number = asked.number("issue_number")?;
    let pull = repository
        .pulls
        .get(&number)
        .ok_or_else(Refusal::not_found)?;
    Ok((repository.id, pull.number))
}

fn found(state: &State, asked: &Asked) -> Result<(u64, u64, u64), Refusal> {
    let repository = asked.repository(state)?;
    let id = asked.number("comment_id")?;
    let holds = |pull: &&super::super::pull::Pull| pull.timeline.iter().any(|one| one.id == id);
    let pull = repository
        .pulls
        .values()
        .find(holds)
        .ok_or_else(Refusal::not_found)?;
    Ok((repository.id, pull.number, id))
}

fn checked(asked: &Asked) -> Result<String, Refusal> {
    let body = asked.text("body").unwrap_or_default();
    let wrong = if body.trim().is_empty() {
        "Body cannot be blank".to_owned()
    } else if body.chars().count() > LONGEST {
        format!("Body is too long (maximum is {LONGEST} characters)")
    } else {
        return Ok(body.to_owned());
    };
    Err(Refusal::field("IssueComment", "body", &wrong))
}

fn show(state: &State, place: (u64, u64), id: u64, status: u16) -> Outcome {
    let repository = &state.repositories[&place.0];
    let comment = repository.pulls[&place.1]
        .timeline
        .iter()
        .find(|one| one.id == id);
    let comment = comment.ok_or_else(Refusal::not_found)?;
    Ok(Reply::json(
        status,
        state.show_timeline(repository, place.1, comment),
    ))
}

impl State {
    /// Writes a comment into the conversation, and tells of it.
    pub fn put_timeline(
        &mut self,
        place: (u64, u64),
        author: (&str, Option<u64>),
        body: &str,
    ) -> u64 {
        let (id, now) = (self.next_id(), self.clock.millis());
        self.account(author.0);
        self.pull_mut(place.0, place.1)
            .timeline
            .push(TimelineComment {
                id,
                author: author.0.to_owned(),
                app: author.1,
                body: body.to_owned(),
                created: now,
                updated: now,
                minimised: None,
                reactions: Vec::new(),
            });
        let repository = &self.repositories[&place.0];
        let pull = &repository.pulls[&place.1];
        let url = self.api(&format!(
            "repos/{}/pulls/{}",
            repository.full_name(),
            pull.number
        ));
        let payload = serde_json::json!({
            "issue": { "id": pull.id, "number": pull.number, "title": pull.title, "pull_request": { "url": url } },
            "comment": pull.timeline.last().map(|one| self.show_timeline(repository, place.1, one)),
        });
        let sender = author.0.to_owned();
        self.emit(Event {
            name: "issue_comment",
            action: "created",
            repository: Some(place.0),
            payload,
            sender,
        });
        id
    }
}

fn create(state: &mut State, asked: &Asked) -> Outcome {
    let place = pull(state, asked)?;
    let body = checked(asked)?;
    let login = asked.caller.login().unwrap_or_default();
    let id = state.put_timeline(place, (login, asked.caller.app()), &body);
    show(state, place, id, 201)
}

fn update(state: &mut State, asked: &Asked) -> Outcome {
    let (repository, number, id) = found(state, asked)?;
    let body = checked(asked)?;
    let now = state.clock.millis();
    let timeline = &mut state.pull_mut(repository, number).timeline;
    if let Some(comment) = timeline.iter_mut().find(|one| one.id == id) {
        comment.body = body;
        comment.updated = now;
    }
    show(state, (repository, number), id, 200)
}

/// A new reaction is answered 201, one that is there already 200.
// source: OpenAPI description of `reactions/create-for-issue-comment`
fn react(state: &mut State, asked: &Asked) -> Outcome {
    let (repository, number, id) = found(state, asked)?;
    let comment = |one: &&mut TimelineComment| one.id == id;
    let known = state
        .pull_mut(repository, number)
        .timeline
        .iter_mut()
        .find(comment)
        .map(|one| one.reactions.clone());
    let login = asked.caller.login().unwrap_or_default();
    let content = asked.text("content").unwrap_or_default();
    let (reaction, new) = state.react(&known.unwrap_or_default(), login, content);
    if new
        && let Some(one) = state
            .pull_mut(repository, number)
            .timeline
            .iter_mut()
            .find(comment)
    {
        one.reactions.push(reaction.clone());
    }
    Ok(Reply::json(
        if new { 201 } else { 200 },
        state.show_reaction(&reaction),
    ))
}

fn react_to_review_comment(state: &mut State, asked: &Asked) -> Outcome {
    let repository = asked.repository(state)?;
    let id = asked.number("comment_id")?;
    let pull = repository
        .pulls
        .values()
        .find(|pull| pull.comment(id).is_some())
        .ok_or_else(Refusal::not_found)?;
    let place = (repository.id, pull.number);
    let known = pull
        .comment(id)
        .map(|one| one.reactions.clone())
        .unwrap_or_default();
    let login = asked.caller.login().unwrap_or_default();
    let content = asked.text("content").unwrap_or_default();
    let (reaction, new) = state.react(&known, login, content);
    let comments = &mut state.pull_mut(place.0, place.1).comments;
    if new && let Some(one) = comments.iter_mut().find(|one| one.id == id) {
        one.reactions.push(reaction.clone());
    }
    Ok(Reply::json(
        if new { 201 } else { 200 },
        state.show_reaction(&reaction),
    ))
}
