//! Handlers, known by shape: what a framework calls once per request, call or message.
//!
//! To teach the engine a framework, add a line to one of the tables. A parameter is written as
//! the path of its package, without a version, and its type. A snippet without imports is judged
//! by the last part of the path.

use crate::model::types::Type;
use crate::model::{FunctionId, FunctionKind, Handler, Library, NamedId, Program, TypeId};

/// One parameter of these types makes a handler: package, type, what it handles. The type may
/// end in `*`.
const BY_PARAMETER: &[(&str, &str, Handler)] = &[
    ("github.com/nats-io/nats.go", "Msg", Handler::Message),
    (
        "github.com/nats-io/nats.go/jetstream",
        "Msg",
        Handler::Message,
    ),
    ("github.com/nats-io/stan.go", "Msg", Handler::Message),
    ("cloud.google.com/go/pubsub", "Message", Handler::Message),
    ("github.com/nsqio/go-nsq", "Message", Handler::Message),
    (
        "github.com/Shopify/sarama",
        "ConsumerGroupClaim",
        Handler::Message,
    ),
    (
        "github.com/IBM/sarama",
        "ConsumerGroupClaim",
        Handler::Message,
    ),
    (
        "github.com/Shopify/sarama",
        "ConsumerMessage",
        Handler::Message,
    ),
    ("github.com/IBM/sarama", "ConsumerMessage", Handler::Message),
    ("github.com/segmentio/kafka-go", "Message", Handler::Message),
    (
        "github.com/confluentinc/confluent-kafka-go/kafka",
        "Message",
        Handler::Message,
    ),
    (
        "github.com/twmb/franz-go/pkg/kgo",
        "Record",
        Handler::Message,
    ),
    (
        "github.com/rabbitmq/amqp091-go",
        "Delivery",
        Handler::Message,
    ),
    ("github.com/streadway/amqp", "Delivery", Handler::Message),
    (
        "github.com/eclipse/paho.mqtt.golang",
        "Message",
        Handler::Message,
    ),
    (
        "github.com/aws/aws-sdk-go/service/sqs",
        "Message",
        Handler::Message,
    ),
    (
        "github.com/aws/aws-sdk-go-v2/service/sqs/types",
        "Message",
        Handler::Message,
    ),
    (
        "github.com/aws/aws-lambda-go/events",
        "*Event",
        Handler::Message,
    ),
    (
        "github.com/aws/aws-lambda-go/events",
        "*Request",
        Handler::Request,
    ),
    (
        "github.com/ThreeDotsLabs/watermill/message",
        "Message",
        Handler::Message,
    ),
    ("github.com/hibiken/asynq", "Task", Handler::Message),
    ("github.com/gorilla/websocket", "Conn", Handler::Connection),
    ("google.golang.org/grpc", "UnaryServerInfo", Handler::Rpc),
    ("google.golang.org/grpc", "StreamServerInfo", Handler::Rpc),
];

/// Names by which snippets mean a package whose path ends differently.
const NICKNAMES: &[(&str, &str)] = &[
    ("nats.go", "nats"),
    ("stan.go", "stan"),
    ("go-nsq", "nsq"),
    ("kafka-go", "kafka"),
    ("amqp091-go", "amqp"),
    ("paho.mqtt.golang", "mqtt"),
    ("types", "sqstypes"),
];

/// Methods and functions that take a callback and run it for each message.
const SUBSCRIBES: &[&str] = &[
    "Subscribe",
    "SubscribeSync",
    "QueueSubscribe",
    "PSubscribe",
    "Consume",
    "ConsumeMessages",
    "OnMessage",
    "AddConcurrentHandlers",
    "AddNoPublisherHandler",
    "RegisterConsumer",
];

/// Methods that take a path and a callback, and run it for each request to that path.
const ROUTES: &[&str] = &[
    "GET",
    "POST",
    "PUT",
    "PATCH",
    "DELETE",
    "Get",
    "Post",
    "Put",
    "Patch",
    "Delete",
    "Any",
    "All",
    "Handle",
    "HandleFunc",
    "Route",
    "HandlerFunc",
];

/// As many parameters as a handler has: answer, request, a router's parameters, what is next.
const MOST_PARAMETERS: usize = 4;

/// What a function handles that is handed to a call of this name.
pub(super) fn registers(callee: &str, takes_path: bool) -> Option<Handler> {
    if SUBSCRIBES.contains(&callee) {
        return Some(Handler::Message);
    }
    (takes_path && ROUTES.contains(&callee)).then_some(Handler::Request)
}

/// What a function handles, if a framework calls it.
pub(super) fn handler(program: &Program, id: FunctionId) -> Option<Handler> {
    let function = program.function(id);
    if !function.has_body {
        return None;
    }
    let libraries: Vec<Option<Library>> = function
        .parameters
        .iter()
        .map(|&parameter| program.library(program.variable(parameter).ty))
        .collect();
    if is_http(program, id, &libraries) {
        return Some(Handler::Request);
    }
    if let Some(handler) = by_parameter(program, id) {
        return Some(handler);
    }
    if is_named_for_messages(program, id) {
        return Some(Handler::Message);
    }
    is_rpc(program, id, &libraries).then_some(Handler::Rpc)
}

/// Names of what a client runs for each message, whichever client.
const CALLBACKS: &[&str] = &[
    "onmessage",
    "handlemessage",
    "onmsg",
    "handlemsg",
    "ondelivery",
];

/// Whether a method is a message's callback by its name, and is handed the bytes of one.
fn is_named_for_messages(program: &Program, id: FunctionId) -> bool {
    let function = program.function(id);
    let name = program.text(function.name).to_ascii_lowercase();
    matches!(function.kind, FunctionKind::Method(..))
        && CALLBACKS.contains(&name.as_str())
        && (function.results.is_empty() || returns_error_only(program, id))
        && function.parameters.iter().any(|&parameter| {
            let ty = program.variable(parameter).ty;
            is_bytes(program, ty) || function.exported && is_named_message(program, ty)
        })
}

fn is_bytes(program: &Program, ty: TypeId) -> bool {
    matches!(*program.ty(ty), Type::List(element, _)
        if matches!(program.ty(element), Type::Integer(_)))
}

/// Whether a type of the unit is a message by its name, and holds the bytes of one.
fn is_named_message(program: &Program, ty: TypeId) -> bool {
    let Type::Named(named) = *program.pointee(ty) else {
        return false;
    };
    let of = &program.named[named.index()];
    let name = program.text(of.name).to_ascii_lowercase();
    ["message", "msg", "frame"]
        .iter()
        .any(|word| name.ends_with(word))
        && of
            .fields
            .iter()
            .any(|&(_, field)| is_bytes(program, program.variable(field).ty))
}

fn is_http(program: &Program, id: FunctionId, libraries: &[Option<Library>]) -> bool {
    let function = program.function(id);
    // A helper takes more than what the server, a router or a middleware hands over.
    let is_pair =
        libraries.contains(&Some(Library::Response)) && libraries.contains(&Some(Library::Request));
    if is_pair {
        return libraries.len() <= MOST_PARAMETERS;
    }
    // gin, echo, fiber and fasthttp hand over one value that is both; hertz a context before it.
    matches!(
        libraries,
        [Some(Library::Exchange)] | [Some(Library::Context), Some(Library::Exchange)]
    ) && (function.results.is_empty() || returns_error_only(program, id))
}

/// A callback returns nothing or an error.
fn returns_error_only(program: &Program, id: FunctionId) -> bool {
    match *program.function(id).results {
        [only] => matches!(program.ty(only), Type::Error),
        _ => false,
    }
}

fn by_parameter(program: &Program, id: FunctionId) -> Option<Handler> {
    let function = program.function(id);
    if function.parameters.len() > 4 || function.results.len() > 2 {
        return None;
    }
    for &parameter in &function.parameters {
        let Type::Foreign(module, name) = program.pointee(program.variable(parameter).ty) else {
            continue;
        };
        let (module, name) = (program.text(*module), program.text(*name));
        let known = BY_PARAMETER
            .iter()
            .find(|(path, ty, _)| is_type(ty, name) && is_package(path, module));
        if let Some(&(path, _, handler)) = known {
            let fits = is_callback(program, id, handler)
                && (handler != Handler::Message || takes_only_the_message(program, id, path));
            return fits.then_some(handler);
        }
    }
    None
}

/// Words that begin the name of what makes or sends messages instead of handling them.
const SENDS: &[&str] = &[
    "publish", "send", "write", "produce", "enqueue", "encode", "marshal", "push", "emit", "new",
    "dispatch", "respond", "reply", "ack", "nack",
];

/// Whether a function takes a message and nothing but what its broker hands over with it.
fn takes_only_the_message(program: &Program, id: FunctionId, path: &str) -> bool {
    let function = program.function(id);
    let name = program.text(function.name).to_ascii_lowercase();
    let is_closure = matches!(function.kind, FunctionKind::Closure(_));
    let fits = function.parameters.iter().all(|&parameter| {
        let ty = program.variable(parameter).ty;
        program.library(ty) == Some(Library::Context)
            || matches!(*program.pointee(ty), Type::Foreign(module, _) if is_package(path, program.text(module)))
    });
    fits && function.parameters.len() <= 2
        && (is_closure || !SENDS.iter().any(|word| name.starts_with(word)))
}

fn is_type(pattern: &str, name: &str) -> bool {
    match pattern.strip_prefix('*') {
        Some(ending) => name.ends_with(ending),
        None => pattern == name,
    }
}

/// Whether a path as it is imported, or a bare name, means a package.
fn is_package(path: &str, module: &str) -> bool {
    let stem = match module.rsplit_once("/v") {
        Some((stem, version)) if version.bytes().all(|b| b.is_ascii_digit()) => stem,
        _ => module,
    };
    if stem == path || module == path {
        return true;
    }
    let last = path.rsplit('/').next().unwrap_or(path);
    let usual = NICKNAMES
        .iter()
        .find(|(end, _)| *end == last)
        .map_or(last, |(_, name)| name);
    module == usual
        || stem
            .strip_suffix("/kafka")
            .is_some_and(|head| path.strip_suffix("/kafka") == Some(strip_version(head)))
}

fn strip_version(path: &str) -> &str {
    match path.rsplit_once("/v") {
        Some((stem, version)) if version.bytes().all(|b| b.is_ascii_digit()) => stem,
        _ => path,
    }
}

/// Whether the results are those that a framework asks for.
fn is_callback(program: &Program, id: FunctionId, handler: Handler) -> bool {
    let results = &program.function(id).results;
    match handler {
        Handler::Message => {
            results.is_empty()
                || results
                    .last()
                    .is_some_and(|&last| matches!(program.ty(last), Type::Error))
        }
        Handler::Request | Handler::Rpc => results
            .last()
            .is_some_and(|&last| matches!(program.ty(last), Type::Error)),
        Handler::Connection => results.len() <= 1,
    }
}

/// `func (s *Server) Do(ctx, *Request) (*Response, error)` of a type that is a gRPC, twirp or
/// connect server, and streaming methods.
fn is_rpc(program: &Program, id: FunctionId, libraries: &[Option<Library>]) -> bool {
    let function = program.function(id);
    let FunctionKind::Method(_, named) = function.kind else {
        return false;
    };
    let returns_error = function
        .results
        .last()
        .is_some_and(|&ty| matches!(program.ty(ty), Type::Error));
    if !function.exported || !returns_error {
        return false;
    }
    let is_server = program.named[named.index()]
        .embedded
        .iter()
        .any(|&embedded| is_server_stub(program, embedded));
    let unary = matches!(libraries, [Some(Library::Context), None]) && function.results.len() == 2;
    let parameter = function.parameters.get(1);
    let takes = |of: fn(&Program, TypeId) -> bool| {
        parameter.is_some_and(|&parameter| of(program, program.variable(parameter).ty))
    };
    let gives = |of: fn(&Program, TypeId) -> bool| {
        function.results.first().is_some_and(|&ty| of(program, ty))
    };
    (is_server && unary)
        || (unary && takes(is_message) && gives(is_message) && names_a_server(program, named))
        || (unary && takes(is_envelope) && gives(is_envelope))
        || (unary && takes(is_asked) && gives(is_answered) && is_called_rpc(program, id, named))
        || takes_stream(program, id)
}

fn is_asked(program: &Program, ty: TypeId) -> bool {
    is_named_like(program, ty, &["Request", "Req"])
}

fn is_answered(program: &Program, ty: TypeId) -> bool {
    is_named_like(program, ty, &["Response", "Reply", "Resp"])
}

/// Whether a type is a pointer to one whose name ends in one of these words.
fn is_named_like(program: &Program, ty: TypeId, words: &[&str]) -> bool {
    let name = match *program.pointee(ty) {
        Type::Named(named) => program.named[named.index()].name,
        Type::Foreign(_, name) => name,
        _ => return false,
    };
    let name = program.text(name);
    matches!(program.ty(ty), Type::Pointer(_)) && words.iter().any(|word| name.ends_with(word))
}

/// Whether the comment of a method says that it is one, and its type is not the other side.
fn is_called_rpc(program: &Program, id: FunctionId, named: NamedId) -> bool {
    let owner = program
        .text(program.named[named.index()].name)
        .to_ascii_lowercase();
    !owner.contains("client") && program.remark_says(program.function(id).head, &["rpc"])
}

fn is_server_stub(program: &Program, embedded: TypeId) -> bool {
    let name = match *program.pointee(embedded) {
        Type::Foreign(_, name) => name,
        Type::Named(named) => program.named[named.index()].name,
        _ => return false,
    };
    let name = program.text(name);
    (name.starts_with("Unimplemented") || name.starts_with("Unsafe"))
        && (name.ends_with("Server") || name.ends_with("Handler"))
}

/// A server's end of a stream: `pb.Feed_WatchServer`, `grpc.ServerStreamingServer[…]`,
/// `*connect.ServerStream[…]`.
fn takes_stream(program: &Program, id: FunctionId) -> bool {
    program.function(id).parameters.iter().any(|&parameter| {
        matches!(*program.pointee(program.variable(parameter).ty), Type::Foreign(_, name) if {
            let name = program.text(name);
            name.ends_with("Server") && name.contains('_')
                || matches!(
                    name,
                    "ServerStream" | "BidiStream" | "ServerStreamingServer"
                        | "ClientStreamingServer" | "BidiStreamingServer"
                )
        })
    })
}

fn names_a_server(program: &Program, named: NamedId) -> bool {
    let name = program
        .text(program.named[named.index()].name)
        .to_ascii_lowercase();
    ["server", "service", "handler", "svc"]
        .iter()
        .any(|part| name.contains(part))
        || name == "api"
}

/// `*connect.Request[…]`, `*connect.Response[…]`.
fn is_envelope(program: &Program, ty: TypeId) -> bool {
    matches!(*program.pointee(ty), Type::Foreign(module, name) if {
        let module = program.text(module);
        matches!(program.text(name), "Request" | "Response")
            && module.rsplit('/').next().is_some_and(|last| last.starts_with("connect"))
    })
}

/// `*pb.Something`.
fn is_message(program: &Program, ty: TypeId) -> bool {
    let Type::Pointer(inner) = program.ty(ty) else {
        return false;
    };
    match *program.ty(*inner) {
        Type::Foreign(module, name) => {
            let (module, name) = (program.text(module), program.text(name));
            let last = module.rsplit('/').next().unwrap_or(module);
            last.ends_with("pb")
                || last.ends_with("proto")
                || name.ends_with("Request")
                || name.ends_with("Response")
        }
        _ => false,
    }
}
