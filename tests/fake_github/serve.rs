//! The way of a request through the stand-in.

use std::collections::BTreeMap;
use std::sync::LazyLock;
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::extract::{ConnectInfo, Request, State as Shared};
use axum::http::request::Parts;
use axum::response::Response;
use serde_json::{Value, json};

use super::access;
use super::clock::in_header;
use super::description::{Operation, description};
use super::exchange::{Asked, Content, Refusal, Reply};
use super::faults::{self, Fault};
use super::graphql;
use super::operations;
use super::record::Logged;
use super::state::State;
use super::strict;
use super::tokens::Caller;
use super::wire::{Cut, Scissors};
use super::world::World;

/// GraphQL is one operation, which the description of the REST API does not have.
static GRAPHQL: LazyLock<Operation> = LazyLock::new(Operation::graphql);

/// Larger bodies are not read.
const LARGEST: usize = 32 * 1024 * 1024;

/// An answer and what happens to it on its way.
struct Served {
    reply: Reply,
    cut: Option<Cut>,
    delay: Option<Duration>,
}

impl From<Reply> for Served {
    fn from(reply: Reply) -> Served {
        Served {
            reply: reply.settled(),
            cut: None,
            delay: None,
        }
    }
}

/// A request under way, until it is answered or its client has left.
struct UnderWay(World);

impl UnderWay {
    fn begin(world: &World) -> UnderWay {
        world.with(|state| {
            let limits = &mut state.limits;
            limits.in_flight += 1;
            limits.most_in_flight = limits.most_in_flight.max(limits.in_flight);
        });
        UnderWay(world.clone())
    }
}

impl Drop for UnderWay {
    fn drop(&mut self) {
        self.0.with(|state| state.limits.in_flight -= 1);
    }
}

/// Answers one request.
pub async fn answer(
    Shared(world): Shared<World>,
    ConnectInfo(scissors): ConnectInfo<Scissors>,
    request: Request,
) -> Response {
    let (head, body) = request.into_parts();
    let bytes = axum::body::to_bytes(body, LARGEST)
        .await
        .unwrap_or_default();
    let under_way = UnderWay::begin(&world);
    let served = world.serve(&head, &bytes);
    if let Some(delay) = served.delay {
        tokio::time::sleep(delay).await;
    }
    drop(under_way);
    if let Some(cut) = served.cut {
        scissors.cut(cut);
    }
    on_the_wire(served.reply)
}

fn on_the_wire(reply: Reply) -> Response {
    let mut response = Response::builder()
        .status(reply.status)
        .header("Server", "github.com");
    for (name, value) in &reply.headers {
        response = response.header(name, value);
    }
    let body = match reply.content {
        Content::Text(bytes, kind) => {
            response = response.header("Content-Type", kind);
            bytes
        }
        Content::Json(_) | Content::Empty => Vec::new(),
    };
    response.body(Body::from(body)).unwrap_or_default()
}

/// A short name of a content: alike only where the contents are.
fn tag_of(bytes: &[u8]) -> String {
    // Quick even where nothing is optimised: eight bytes at a time, by the constants of FNV-1a.
    let mut hash: u64 = 0xcbf2_9ce4_8422_2325;
    for chunk in bytes.chunks(8) {
        let mut word = [0; 8];
        word[..chunk.len()].copy_from_slice(chunk);
        hash = (hash ^ u64::from_le_bytes(word))
            .wrapping_mul(0x0100_0000_01b3)
            .rotate_left(29);
    }
    format!("W/\"{hash:016x}{:08x}\"", bytes.len())
}

impl World {
    fn serve(&self, head: &Parts, bytes: &Bytes) -> Served {
        let header = |name: &str| head.headers.get(name).and_then(|value| value.to_str().ok());
        let whole = head.uri.path();
        let path = whole.strip_prefix("/api/v3").unwrap_or(whole);
        let method = head.method.as_str();
        let full = head
            .uri
            .path_and_query()
            .map_or(whole, |path| path.as_str())
            .to_owned();
        let routed = match path {
            "/graphql" | "/api/graphql" if method == "POST" => Some((&*GRAPHQL, BTreeMap::new())),
            _ => description().route(method, path),
        };
        let mut logged = Logged {
            at: self.clock().millis(),
            method: method.to_owned(),
            path: full,
            operation: routed
                .as_ref()
                .map(|(operation, _)| operation.id.clone())
                .unwrap_or_default(),
            caller: String::new(),
            status: 0,
            request: String::from_utf8_lossy(bytes).into_owned(),
            response: String::new(),
        };
        let prepared = self.with(|state| {
            let caller = state.caller(header("authorization"));
            if let Ok(caller) = &caller {
                logged.caller = caller.bucket();
            }
            prepare(state, routed, caller, head, bytes)
        });
        let mut served = match prepared {
            Err(reply) => Served::from(reply),
            Ok(asked) => self.decide(&asked, header("if-none-match")),
        };
        // Whoever compares clocks compares with this world's.
        let date = ("Date".to_owned(), in_header(logged.at));
        served.reply.headers.push(date);
        logged.status = if served.cut.is_some() {
            0
        } else {
            served.reply.status
        };
        logged.response = String::from_utf8_lossy(served.reply.bytes()).into_owned();
        self.with(|state| state.record.log.push(logged));
        served
    }

    /// Lets the test interfere, and then does what is asked.
    fn decide(&self, asked: &Asked, known: Option<&str>) -> Served {
        let caller = asked.caller.bucket();
        let reads = reads(asked);
        let creates = creates_content(asked);
        if asked.operation.id != "rate-limit/get" {
            let limited = self.with(|state| {
                let now = state.clock.millis();
                let limited = state.limits.count(&caller, !reads, creates, now)?;
                Some(faults::limited(state, &caller, limited))
            });
            if let Some(reply) = limited {
                return Served::from(reply);
            }
        }
        self.interfere(asked);
        let fault = self.fault(asked);
        self.with(|state| {
            if let Some(reply) = fault.and_then(|fault| fault.instead(state, asked)) {
                return Served::from(reply);
            }
            if fault == Some(Fault::CutBefore) {
                return Served {
                    cut: Some(Cut::Whole),
                    ..Served::from(faults::failed(502))
                };
            }
            let mut reply = perform(state, asked).with_limits(state, &caller).settled();
            if asked.operation.method == "GET" && reply.status == 200 {
                let tag = tag_of(reply.bytes());
                if known == Some(&tag) {
                    // source: docs.github.com, "Best practices for using the REST API": a 304 costs nothing
                    state.limits.refund(&caller);
                    reply = Reply::empty(304).with_limits(state, &caller);
                }
                reply.headers.push(("ETag".to_owned(), tag));
            }
            match fault {
                Some(Fault::After(status)) => Served::from(faults::failed(status)),
                Some(Fault::CutAfter) => Served {
                    cut: Some(Cut::Half),
                    ..Served::from(reply)
                },
                Some(Fault::Delay(delay)) => Served {
                    delay: Some(delay),
                    ..Served::from(reply)
                },
                _ => Served::from(reply),
            }
        })
    }
}

/// Requests that change nothing.
fn reads(asked: &Asked) -> bool {
    let query = asked.text("query").unwrap_or_default().trim_start();
    asked.operation.method == "GET"
        || asked.operation.id == "graphql" && !query.starts_with("mutation")
}

/// Requests that create something that people are told of.
fn creates_content(asked: &Asked) -> bool {
    asked.operation.method == "POST"
        && !reads(asked)
        && matches!(
            asked.operation.id.split('/').next(),
            Some("pulls" | "issues" | "reactions" | "checks" | "graphql")
        )
}

/// Whether GitHub takes a request with these headers.
fn accepted(state: &mut State, head: &Parts, name: &str) -> Result<(), Reply> {
    let header = |name: &str| head.headers.get(name).and_then(|value| value.to_str().ok());
    // source: docs.github.com, "Getting started with the REST API": requests without User-Agent are rejected
    if header("user-agent").is_none_or(str::is_empty) {
        state.record.violation(format!("{name}: no User-Agent"));
        return Err(Refusal::new(403, "Request forbidden by administrative rules.").reply());
    }
    if let Some(version) =
        header("x-github-api-version").filter(|version| !strict::VERSIONS.contains(version))
    {
        state
            .record
            .violation(format!("{name}: the version {version} is not known"));
        return Err(Refusal::new(400, "API version is not supported").reply());
    }
    let accept = header("accept").unwrap_or("*/*");
    if !["*/*", "application/json", "application/vnd.github"]
        .iter()
        .any(|known| accept.contains(known))
    {
        state
            .record
            .violation(format!("{name}: GitHub has no `{accept}`"));
        return Err(Refusal::new(415, "Unsupported 'Accept' header").reply());
    }
    Ok(())
}

/// Finds out what is asked, by whom, and whether GitHub's description allows it.
fn prepare(
    state: &mut State,
    routed: Option<(&'static Operation, BTreeMap<String, String>)>,
    caller: Result<Caller, String>,
    head: &Parts,
    bytes: &Bytes,
) -> Result<Asked, Reply> {
    let header = |name: &str| head.headers.get(name).and_then(|value| value.to_str().ok());
    let name = format!("{} {}", head.method, head.uri);
    let Some((operation, parameters)) = routed else {
        state.record.violation(format!(
            "{name}: not among the operations that are described"
        ));
        return Err(Refusal::not_found().reply());
    };
    accepted(state, head, &name)?;
    let caller = caller.map_err(|text| Refusal::new(401, &text).reply())?;
    let body = if bytes.is_empty() {
        Value::Null
    } else {
        serde_json::from_slice(bytes).map_err(|error| {
            state
                .record
                .violation(format!("{name}: the body is not JSON: {error}"));
            Refusal::new(400, "Problems parsing JSON").reply()
        })?
    };
    let accept = header("accept").unwrap_or("*/*").to_owned();
    let query = url::form_urlencoded::parse(head.uri.query().unwrap_or_default().as_bytes());
    let query = query
        .map(|(name, value)| (name.into_owned(), value.into_owned()))
        .collect();
    let asked = Asked {
        operation,
        parameters,
        query,
        body,
        accept,
        caller,
    };
    let wrong = strict::request(&asked);
    if wrong.is_empty() {
        return Ok(asked);
    }
    let text = format!("Invalid request.\n\n{}", wrong.join("\n"));
    state
        .record
        .violations
        .extend(wrong.into_iter().map(|wrong| format!("{name}: {wrong}")));
    Err(Refusal::new(422, &text).reply())
}

/// Does what is asked, and holds the answer against the description.
fn perform(state: &mut State, asked: &Asked) -> Reply {
    if asked.operation.id == "graphql" {
        return graphql::perform(state, asked);
    }
    if let Some(reply) = moved(state, asked) {
        return reply;
    }
    let need = access::need(&asked.operation.id);
    let outcome = access::check(state, asked).and_then(|()| operations::perform(state, asked));
    let mut reply = outcome.unwrap_or_else(Refusal::reply);
    reply.headers.extend(
        need.header()
            .map(|text| ("X-Accepted-GitHub-Permissions".to_owned(), text)),
    );
    reply.headers.push((
        "X-GitHub-Media-Type".to_owned(),
        "github.v3; format=json".to_owned(),
    ));
    for wrong in strict::reply(asked.operation, &reply) {
        state.record.violation(format!(
            "{} answers {}: {wrong}",
            asked.operation.id, reply.status
        ));
    }
    reply
}

/// The way to a repository that has another name now.
// source: docs.github.com, "Best practices for using the REST API": follow redirects
fn moved(state: &State, asked: &Asked) -> Option<Reply> {
    let (owner, name) = (asked.parameter("owner"), asked.parameter("repo"));
    let id = state.renamed.get(&format!("{owner}/{name}"))?;
    let repository = state
        .repositories
        .get(id)
        .filter(|one| asked.caller.sees(state, one))?;
    let rest = asked.rest_of_path();
    let url = state.api(&format!("repos/{}{rest}", repository.full_name()));
    let value = json!({
        "message": "Moved Permanently",
        "url": url,
        "documentation_url": "https://docs.github.com/rest",
    });
    let mut reply = Reply::json(301, value);
    reply.headers.push(("Location".to_owned(), url));
    Some(reply)
}

/// What GraphQL answers is never a failure of HTTP.
pub fn data(value: &Value) -> Reply {
    Reply::json(200, json!({ "data": value }))
}
