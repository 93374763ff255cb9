//! GraphQL, as far as a reviewer needs it: threads, and hiding or resolving them.

mod values;

use graphql_parser::query::{
    Definition, Document, Field, OperationDefinition, Selection, SelectionSet, Value as Given,
};
use serde_json::{Map, Value, json};

use super::deliveries::Event;
use super::exchange::{Asked, Refusal, Reply};
use super::serve::data;
use super::state::{Level, State};
use values::{comment_value, person, place_of, repository_value, thread};

/// Reasons for which a comment may be hidden.
// source: GitHub's public schema, `ReportedContentClassifiers`
const CLASSIFIERS: [&str; 7] = [
    "ABUSE",
    "DUPLICATE",
    "LOW_QUALITY",
    "OFF_TOPIC",
    "OUTDATED",
    "RESOLVED",
    "SPAM",
];

/// A field that failed, in the words of GitHub.
struct Failure {
    kind: &'static str,
    message: String,
}

fn failure(kind: &'static str, message: &str) -> Failure {
    Failure {
        kind,
        message: message.to_owned(),
    }
}

fn forbidden() -> Failure {
    failure("FORBIDDEN", "Resource not accessible by integration")
}

type Answer = Result<Value, Failure>;
type AskedField<'a> = Field<'a, &'a str>;
type AskedSet<'a> = SelectionSet<'a, &'a str>;

/// Does a query or a mutation.
pub fn perform(state: &mut State, asked: &Asked) -> Reply {
    if asked.caller.login().is_none() {
        return Refusal::new(401, "This endpoint requires you to be authenticated.").reply();
    }
    let text = asked.body["query"].as_str().unwrap_or_default();
    let document: Document<'_, &str> = match graphql_parser::parse_query(text) {
        Ok(document) => document,
        Err(error) => {
            state.record.violation(format!("GraphQL: {error}"));
            return Reply::json(
                200,
                json!({ "errors": [{ "message": format!("Parse error: {error}") }] }),
            );
        }
    };
    let (set, mutates) = match document.definitions.as_slice() {
        [Definition::Operation(OperationDefinition::SelectionSet(set))] => (set, false),
        [Definition::Operation(OperationDefinition::Query(query))] => (&query.selection_set, false),
        [Definition::Operation(OperationDefinition::Mutation(mutation))] => {
            (&mutation.selection_set, true)
        }
        _ => {
            state
                .record
                .violation("GraphQL: not one operation without named fragments".to_owned());
            return Reply::json(
                200,
                json!({ "errors": [{ "message": "one operation is done at a time" }] }),
            );
        }
    };
    let variables = asked.body["variables"].clone();
    let (mut answer, mut errors) = (Map::new(), Vec::new());
    for selection in &set.items {
        let Selection::Field(field) = selection else {
            continue;
        };
        let key = field.alias.unwrap_or(field.name).to_owned();
        let outcome = root(state, asked, field, &variables, mutates)
            .and_then(|value| select(&value, &field.selection_set, &variables));
        let value = outcome.unwrap_or_else(|failure| {
            if failure.kind == "undefinedField" || failure.kind == "argument" {
                state
                    .record
                    .violation(format!("GraphQL: {}", failure.message));
            }
            errors.push(json!({ "type": failure.kind, "path": [key], "message": failure.message }));
            Value::Null
        });
        answer.insert(key, value);
    }
    if errors.is_empty() {
        data(&answer.into())
    } else {
        Reply::json(200, json!({ "data": answer, "errors": errors }))
    }
}

fn root(
    state: &mut State,
    asked: &Asked,
    field: &AskedField<'_>,
    variables: &Value,
    mutates: bool,
) -> Answer {
    let argument = |name: &str| argument(field, name, variables);
    match field.name {
        "minimizeComment" if mutates => minimise(state, asked, &argument("input")),
        "resolveReviewThread" if mutates => resolve(state, asked, &argument("input"), true),
        "unresolveReviewThread" if mutates => resolve(state, asked, &argument("input"), false),
        "viewer" if !mutates => Ok(person(state, asked.caller.login().unwrap_or_default())),
        "repository" if !mutates => {
            let (owner, name) = (argument("owner"), argument("name"));
            let found = state.repository_named(
                owner.as_str().unwrap_or_default(),
                name.as_str().unwrap_or_default(),
            );
            let missing = || {
                failure(
                    "NOT_FOUND",
                    "Could not resolve to a Repository with that name.",
                )
            };
            let repository = found
                .filter(|one| asked.caller.sees(state, one))
                .ok_or_else(missing)?;
            if repository.private
                && !asked
                    .caller
                    .holds(state, repository, "pull_requests", Level::Read)
            {
                return Err(forbidden());
            }
            Ok(repository_value(state, repository))
        }
        "node" if !mutates => {
            let id = argument("id");
            let missing = || {
                failure(
                    "NOT_FOUND",
                    "Could not resolve to a node with the global id.",
                )
            };
            let (repository, pull, comment) =
                place_of(state, id.as_str().unwrap_or_default()).ok_or_else(missing)?;
            let repository = &state.repositories[&repository];
            if !asked.caller.sees(state, repository) {
                return Err(missing());
            }
            let pull = &repository.pulls[&pull];
            Ok(if id.as_str().is_some_and(|id| id.starts_with("PRRT_")) {
                thread(state, pull, comment)
            } else {
                comment_value(state, pull, comment)
            })
        }
        other => {
            let kind = if mutates { "Mutation" } else { "Query" };
            Err(failure(
                "undefinedField",
                &format!("Field '{other}' doesn't exist on type '{kind}'"),
            ))
        }
    }
}

/// An argument, with variables put in.
fn argument(field: &AskedField<'_>, name: &str, variables: &Value) -> Value {
    field
        .arguments
        .iter()
        .find(|(given, _)| *given == name)
        .map_or(Value::Null, |(_, value)| plain(value, variables))
}

fn plain<'a>(value: &Given<'a, &'a str>, variables: &Value) -> Value {
    match value {
        Given::Variable(name) => variables[*name].clone(),
        Given::Int(number) => json!(number.as_i64()),
        Given::Float(number) => json!(number),
        Given::String(text) => json!(text),
        Given::Boolean(truth) => json!(truth),
        Given::Null => Value::Null,
        Given::Enum(name) => json!(name),
        Given::List(items) => items.iter().map(|item| plain(item, variables)).collect(),
        Given::Object(members) => members
            .iter()
            .map(|(name, value)| ((*name).to_owned(), plain(value, variables)))
            .collect(),
    }
}

/// The part of a value that was asked for; a field that is not there is refused.
fn select(value: &Value, set: &AskedSet<'_>, variables: &Value) -> Answer {
    if let Value::Array(items) = value {
        return items
            .iter()
            .map(|item| select(item, set, variables))
            .collect();
    }
    let Value::Object(members) = value else {
        return Ok(value.clone());
    };
    let kind = value["__typename"].as_str().unwrap_or("Object");
    if set.items.is_empty() {
        return Err(failure(
            "undefinedField",
            &format!("Objects of type '{kind}' must have selections"),
        ));
    }
    let mut chosen = Map::new();
    for selection in &set.items {
        match selection {
            Selection::Field(field) => {
                let missing = || {
                    failure(
                        "undefinedField",
                        &format!("Field '{}' doesn't exist on type '{kind}'", field.name),
                    )
                };
                let member = members.get(field.name).ok_or_else(missing)?;
                let member = match member.get("__all").and_then(Value::as_array) {
                    Some(all) => connection(all, field, variables)?,
                    None if field.name == "pullRequest" => chosen_pull(member, field, variables)?,
                    None => member.clone(),
                };
                let shown = select(&member, &field.selection_set, variables)?;
                chosen.insert(field.alias.unwrap_or(field.name).to_owned(), shown);
            }
            Selection::InlineFragment(fragment) => {
                let graphql_parser::query::TypeCondition::On(wanted) = fragment
                    .type_condition
                    .as_ref()
                    .ok_or_else(|| failure("argument", "a fragment without type"))?;
                if *wanted == kind
                    && let Value::Object(more) = select(value, &fragment.selection_set, variables)?
                {
                    chosen.extend(more);
                }
            }
            Selection::FragmentSpread(_) => {
                return Err(failure("argument", "named fragments are not known here"));
            }
        }
    }
    Ok(chosen.into())
}

/// One page of a list.
// source: docs.github.com, "Using pagination in the GraphQL API": `first` or `last`, from 1 to 100
fn connection(all: &[Value], field: &AskedField<'_>, variables: &Value) -> Answer {
    let count = |name: &str| {
        argument(field, name, variables)
            .as_u64()
            .and_then(|number| usize::try_from(number).ok())
    };
    let size = count("first").or(count("last"));
    let text = format!(
        "You must provide a `first` or `last` value to properly paginate the `{}` connection.",
        field.name
    );
    let size = size
        .filter(|size| (1..=100).contains(size))
        .ok_or_else(|| failure("argument", &text))?;
    let after = argument(field, "after", variables)
        .as_str()
        .and_then(|text| text.parse::<usize>().ok())
        .unwrap_or(0);
    let start = if count("first").is_none() {
        all.len().saturating_sub(size)
    } else {
        after.min(all.len())
    };
    let end = (start + size).min(all.len());
    Ok(json!({
        "__typename": "Connection",
        "nodes": all[start..end],
        "totalCount": all.len(),
        "pageInfo": {
            "__typename": "PageInfo",
            "hasNextPage": end < all.len(),
            "hasPreviousPage": start > 0,
            "endCursor": end.to_string(),
            "startCursor": start.to_string(),
        },
    }))
}

fn chosen_pull(pulls: &Value, field: &AskedField<'_>, variables: &Value) -> Answer {
    let number = argument(field, "number", variables);
    let missing = || {
        failure(
            "NOT_FOUND",
            "Could not resolve to a PullRequest with that number.",
        )
    };
    pulls.get(number.to_string()).cloned().ok_or_else(missing)
}

// source: playwright#26516: works with write access to pull requests or issues
fn minimise(state: &mut State, asked: &Asked, input: &Value) -> Answer {
    let id = input["subjectId"].as_str().unwrap_or_default();
    let classifier = input["classifier"].as_str().unwrap_or_default();
    if !CLASSIFIERS.contains(&classifier) {
        return Err(failure(
            "argument",
            &format!("`{classifier}` is no ReportedContentClassifiers"),
        ));
    }
    let missing = || {
        failure(
            "NOT_FOUND",
            &format!("Could not resolve to a node with the global id of '{id}'"),
        )
    };
    let (repository, pull, comment) = place_of(state, id).ok_or_else(missing)?;
    let owner = &state.repositories[&repository];
    let held = |name: &str| asked.caller.holds(state, owner, name, Level::Write);
    if !held("pull_requests") && !held("issues") {
        return Err(forbidden());
    }
    let minimised = Some(classifier.to_owned());
    let pull = state.pull_mut(repository, pull);
    for one in pull.comments.iter_mut().filter(|one| one.id == comment) {
        one.minimised.clone_from(&minimised);
    }
    for one in pull.timeline.iter_mut().filter(|one| one.id == comment) {
        one.minimised.clone_from(&minimised);
    }
    let pull = pull.clone();
    Ok(json!({
        "__typename": "MinimizeCommentPayload",
        "clientMutationId": input["clientMutationId"],
        "minimizedComment": comment_value(state, &pull, comment),
    }))
}

// source: github/gh-aw#35726, oven-sh/bun#40468: needs Contents: write
fn resolve(state: &mut State, asked: &Asked, input: &Value, resolved: bool) -> Answer {
    let id = input["threadId"].as_str().unwrap_or_default();
    let missing = || {
        failure(
            "NOT_FOUND",
            &format!("Could not resolve to a node with the global id of '{id}'"),
        )
    };
    let (repository, number, root) = place_of(state, id)
        .filter(|_| id.starts_with("PRRT_"))
        .ok_or_else(missing)?;
    if !asked.caller.holds(
        state,
        &state.repositories[&repository],
        "contents",
        Level::Write,
    ) {
        return Err(forbidden());
    }
    let login = asked.caller.login().unwrap_or_default().to_owned();
    state.resolve(repository, number, root, &login, resolved);
    let pull = state.pull_mut(repository, number).clone();
    Ok(json!({
        "__typename": "ResolveReviewThreadPayload",
        "clientMutationId": input["clientMutationId"],
        "thread": thread(state, &pull, root),
    }))
}

impl State {
    /// Resolves a thread, or opens it again, and tells of it.
    pub fn resolve(
        &mut self,
        repository: u64,
        number: u64,
        root: u64,
        login: &str,
        resolved: bool,
    ) {
        let pull = self.pull_mut(repository, number);
        if resolved {
            pull.resolved.insert(root, login.to_owned());
        } else {
            pull.resolved.remove(&root);
        }
        let owner = &self.repositories[&repository];
        let pull = &owner.pulls[&number];
        let comments: Vec<Value> = pull
            .comments
            .iter()
            .filter(|one| pull.root(one) == root)
            .map(|one| self.show_comment(owner, pull, one))
            .collect();
        let payload = json!({
            "thread": { "node_id": format!("PRRT_{root}"), "comments": comments },
            "pull_request": self.show_pull(owner, pull, "pull-request-simple"),
        });
        let action = if resolved { "resolved" } else { "unresolved" };
        let name = "pull_request_review_thread";
        self.emit(Event {
            name,
            action,
            repository: Some(repository),
            payload,
            sender: login.to_owned(),
        });
    }
}
