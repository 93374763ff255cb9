//! Requests and answers held against GitHub's own description.

use serde_json::{Map, Value, json};

use super::description::{Operation, description};
use super::exchange::{Asked, Content, Reply};

/// Versions of the API that GitHub serves.
// source: docs.github.com, "API versions"
pub const VERSIONS: [&str; 2] = ["2022-11-28", "2026-03-10"];

/// Answers that GitHub gives although its description of the operation does not list them, and why they are allowed.
const UNLISTED: [(&str, u16, &str); 23] = [
    (
        "*",
        301,
        "a repository that was renamed, documented under `Best practices`",
    ),
    (
        "*",
        415,
        "an unknown media type, documented under `Media types`",
    ),
    (
        "repos/compare-commits-with-basehead",
        422,
        "the diff could not be processed because too many files changed",
    ),
    (
        "*",
        304,
        "conditional requests are documented for all reading operations",
    ),
    (
        "*",
        400,
        "a body that is not JSON, documented under `Troubleshooting`",
    ),
    (
        "*",
        401,
        "bad credentials, documented under `Authenticating`",
    ),
    (
        "*",
        403,
        "a missing permission or a limit, documented under `Troubleshooting`",
    ),
    (
        "*",
        404,
        "what the caller may not know of, documented under `Troubleshooting`",
    ),
    ("*", 429, "a limit, documented under `Rate limits`"),
    ("*", 500, "a fault that the test asked for"),
    ("*", 502, "a fault that the test asked for"),
    ("*", 503, "a fault that the test asked for"),
    ("*", 504, "a fault that the test asked for"),
    (
        "pulls/get",
        422,
        "the diff could not be processed because too many files changed",
    ),
    (
        "repos/compare-commits-with-basehead",
        406,
        "the diff of a comparison is too large, as that of a pull request",
    ),
    (
        "checks/create",
        422,
        "no commit with this id; a completed run without a conclusion",
    ),
    ("checks/update", 422, "a completed run without a conclusion"),
    ("checks/list-for-ref", 422, "no commit with this id"),
    (
        "pulls/create-reply-for-review-comment",
        422,
        "a body that is blank or too long; a pending review",
    ),
    (
        "pulls/update-review-comment",
        422,
        "a body that is blank or too long",
    ),
    (
        "reactions/create-for-pull-request-review-comment",
        422,
        "an unknown reaction",
    ),
    ("graphql", 200, "the description is that of the REST API"),
    ("graphql", 401, "the description is that of the REST API"),
];

/// Members that GitHub answers otherwise than its description says: the operation, the end of the place, the complaint,
/// and why it is allowed.
const UNLIKE: [(&str, &str, &str, &str); 5] = [
    (
        "",
        "/head/repo",
        "null is not of type",
        "a pull request whose fork was deleted",
    ),
    (
        "apps/list-installations",
        "/account",
        "is not valid under any of the schemas",
        "the description asks for a person and an enterprise in one",
    ),
    (
        "pulls/",
        "/line",
        "null is not of type",
        "brave/security-action#125: null once a comment is outdated",
    ),
    (
        "pulls/",
        "/position",
        "null is not of type",
        "brave/security-action#125: null once a comment is outdated",
    ),
    (
        "checks/",
        "/annotations",
        "null is not of type",
        "an output without annotations",
    ),
];

/// What is wrong with a request.
pub fn request(asked: &Asked) -> Vec<String> {
    let operation = asked.operation;
    let mut wrong = Vec::new();
    for (name, value) in &asked.query {
        match parameter(operation, name, "query") {
            None => wrong.push(format!("the query `{name}` is not known")),
            Some(given) => wrong.extend(text_wrong(operation, given, name, value)),
        }
    }
    for (name, value) in &asked.parameters {
        if let Some(given) = parameter(operation, name, "path") {
            wrong.extend(text_wrong(operation, given, name, value));
        }
    }
    let Some(body) = &operation.body else {
        let empty = asked.body.is_null() || asked.body.as_object().is_some_and(Map::is_empty);
        if !empty && operation.id != "graphql" {
            wrong.push("a body, where none is known".to_owned());
        }
        return wrong;
    };
    if asked.body.is_null() {
        if body["required"] == true {
            wrong.push("no body, where one is needed".to_owned());
        }
        return wrong;
    }
    let schema = &body["content"]["application/json"]["schema"];
    wrong.extend(description().wrong(&format!("{} request", operation.id), schema, &asked.body));
    unknown_members(schema, &asked.body, "", &mut wrong);
    wrong
}

fn parameter<'a>(operation: &'a Operation, name: &str, place: &str) -> Option<&'a Value> {
    operation
        .parameters
        .iter()
        .find(|one| one["name"] == name && one["in"] == place)
}

/// What is wrong with a parameter, which comes as text whatever it is.
fn text_wrong(operation: &Operation, parameter: &Value, name: &str, text: &str) -> Vec<String> {
    let schema = &parameter["schema"];
    let value = match schema["type"].as_str() {
        Some("integer") => text
            .parse::<i64>()
            .map_or_else(|_| json!(text), |number| json!(number)),
        Some("boolean") => text
            .parse::<bool>()
            .map_or_else(|_| json!(text), |truth| json!(truth)),
        _ => json!(text),
    };
    let wrong = description().wrong(
        &format!("{} parameter {name}", operation.id),
        schema,
        &value,
    );
    wrong
        .into_iter()
        .map(|text| format!("`{name}`{text}"))
        .collect()
}

/// Members that the description does not have, which GitHub ignores and a test should not.
fn unknown_members(schema: &Value, value: &Value, place: &str, wrong: &mut Vec<String>) {
    match value {
        Value::Object(members) => {
            let known = known_members(schema);
            if known.is_empty() {
                return;
            }
            for (name, member) in members {
                match known.get(name) {
                    None => wrong.push(format!("{place}/{name}: the member is not known")),
                    Some(schema) => {
                        unknown_members(schema, member, &format!("{place}/{name}"), wrong)
                    }
                }
            }
        }
        Value::Array(items) => {
            let schema = &description().meant(schema)["items"];
            for (at, item) in items.iter().enumerate() {
                unknown_members(schema, item, &format!("{place}/{at}"), wrong);
            }
        }
        _ => {}
    }
}

fn known_members(schema: &Value) -> Map<String, Value> {
    let schema = description().meant(schema);
    let mut known = schema["properties"]
        .as_object()
        .cloned()
        .unwrap_or_default();
    for key in ["allOf", "anyOf", "oneOf"] {
        for part in schema
            .get(key)
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
        {
            for (name, schema) in known_members(part) {
                known.entry(name).or_insert(schema);
            }
        }
    }
    known
}

/// What is wrong with an answer.
pub fn reply(operation: &Operation, reply: &Reply) -> Vec<String> {
    let status = reply.status.to_string();
    let Some(described) = operation.responses.get(&status) else {
        let fits = |(id, allowed, _): &&(&str, u16, &str)| {
            (*id == "*" || *id == operation.id) && *allowed == reply.status
        };
        return match UNLISTED.iter().find(fits) {
            Some(_) => Vec::new(),
            None => vec![format!(
                "the status {status} is not among those that are described"
            )],
        };
    };
    let schema = described.pointer("/content/application~1json/schema");
    let (Content::Json(value), Some(schema)) = (&reply.content, schema) else {
        return Vec::new();
    };
    let wrong = description().wrong(&format!("{} {status}", operation.id), schema, value);
    wrong
        .into_iter()
        .filter(|text| !excused(&operation.id, text))
        .collect()
}

/// Whether GitHub is known to answer, or to deliver, other than its description says.
pub fn excused(name: &str, text: &str) -> bool {
    UNLIKE.iter().any(|(id, end, complaint, _)| {
        let place = text.split(": ").next().unwrap_or_default();
        name.starts_with(id) && place.ends_with(end) && text.contains(complaint)
    })
}
