//! Handlers, known by shape: what a framework calls once per request, call or message.
//!
//! To teach the engine a framework, add a line to one of the tables. A parameter is written as
//! its package and type; `*` in front of nothing: any type of that package.

use crate::model::types::Type;
use crate::model::{FunctionId, FunctionKind, Handler, Library, Program};

/// One parameter of these types makes a handler: package, type, what it handles.
const BY_PARAMETER: &[(&str, &str, Handler)] = &[
    ("github.com/nats-io/nats.go", "Msg", Handler::Message),
    ("nats", "Msg", Handler::Message),
    (
        "github.com/nats-io/nats.go/jetstream",
        "Msg",
        Handler::Message,
    ),
    ("cloud.google.com/go/pubsub", "Message", Handler::Message),
    ("pubsub", "Message", Handler::Message),
    ("github.com/nsqio/go-nsq", "Message", Handler::Message),
    ("nsq", "Message", Handler::Message),
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
    ("sarama", "ConsumerGroupClaim", Handler::Message),
    (
        "github.com/Shopify/sarama",
        "ConsumerMessage",
        Handler::Message,
    ),
    ("github.com/IBM/sarama", "ConsumerMessage", Handler::Message),
    ("sarama", "ConsumerMessage", Handler::Message),
    ("github.com/segmentio/kafka-go", "Message", Handler::Message),
    (
        "github.com/confluentinc/confluent-kafka-go/kafka",
        "Message",
        Handler::Message,
    ),
    ("kafka", "Message", Handler::Message),
    (
        "github.com/rabbitmq/amqp091-go",
        "Delivery",
        Handler::Message,
    ),
    ("github.com/streadway/amqp", "Delivery", Handler::Message),
    ("amqp", "Delivery", Handler::Message),
    (
        "github.com/eclipse/paho.mqtt.golang",
        "Message",
        Handler::Message,
    ),
    ("mqtt", "Message", Handler::Message),
    ("github.com/aws/aws-lambda-go/events", "*", Handler::Message),
    ("events", "*", Handler::Message),
    ("github.com/hibiken/asynq", "Task", Handler::Message),
    ("github.com/gorilla/websocket", "Conn", Handler::Connection),
];

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
    is_rpc(program, id, &libraries).then_some(Handler::Rpc)
}

fn is_http(program: &Program, id: FunctionId, libraries: &[Option<Library>]) -> bool {
    let function = program.function(id);
    if function.name == crate::model::Symbol(0) {
        return false;
    }
    let has_response = libraries.contains(&Some(Library::Response));
    let has_request = libraries.contains(&Some(Library::Request));
    if has_response && has_request {
        return true;
    }
    // gin, echo, fiber and fasthttp hand over one context that is both.
    if let [Some(Library::Request)] = libraries {
        let ty = program.variable(function.parameters[0]).ty;
        let returns_little = function.results.len() <= 1;
        return returns_little && !is_plain_request(program, ty);
    }
    false
}

/// `*http.Request` alone is an argument, not a handler's.
fn is_plain_request(program: &Program, ty: crate::model::TypeId) -> bool {
    matches!(program.ty(ty), Type::Pointer(_))
        && !program.files.iter().any(|file| {
            file.imports.iter().any(|import| {
                import.contains("gin-gonic/gin")
                    || import.contains("gofiber/fiber")
                    || import.contains("fasthttp")
            })
        })
}

fn by_parameter(program: &Program, id: FunctionId) -> Option<Handler> {
    let function = program.function(id);
    if function.parameters.len() > 3 {
        return None;
    }
    for &parameter in &function.parameters {
        let Type::Foreign(module, name) = program.pointee(program.variable(parameter).ty) else {
            continue;
        };
        let (module, name) = (program.text(*module), program.text(*name));
        let known = BY_PARAMETER.iter().find(|(path, ty, _)| {
            *path == module && (*ty == name || (*ty == "*" && name.ends_with("Event")))
        });
        if let Some((_, _, handler)) = known {
            // A callback: returns nothing or an error.
            return (function.results.len() <= 1).then_some(*handler);
        }
    }
    None
}

/// `func (s *Server) Do(ctx, *Request) (*Response, error)` of a type that is a gRPC, twirp or
/// connect server, and streaming methods.
fn is_rpc(program: &Program, id: FunctionId, libraries: &[Option<Library>]) -> bool {
    let function = program.function(id);
    let FunctionKind::Method(_, named) = function.kind else {
        return false;
    };
    if !function.exported {
        return false;
    }
    let is_server = program.named[named.index()].embedded.iter().any(|&embedded| {
        matches!(program.pointee(embedded), Type::Foreign(_, name) if {
            let name = program.text(*name);
            name.starts_with("Unimplemented") || name.starts_with("Unsafe") && name.ends_with("Server")
        })
    });
    let returns_error = function
        .results
        .last()
        .is_some_and(|&ty| matches!(program.ty(ty), Type::Error));
    let unary = matches!(libraries, [Some(Library::Context), None])
        && function.results.len() == 2
        && returns_error;
    let request_is_message = function
        .parameters
        .get(1)
        .is_some_and(|&parameter| is_message(program, program.variable(parameter).ty));
    let result_is_message = function
        .results
        .first()
        .is_some_and(|&ty| is_message(program, ty));
    let is_stream = function.parameters.iter().any(|&parameter| {
        matches!(program.pointee(program.variable(parameter).ty), Type::Foreign(_, name) if {
            let name = program.text(*name);
            name.ends_with("Server") && name.contains('_') || name == "ServerStream"
        })
    });
    (is_server && unary)
        || (unary && request_is_message && result_is_message && names_a_server(program, named))
        || (is_stream && returns_error)
}

fn names_a_server(program: &Program, named: crate::model::NamedId) -> bool {
    let name = program
        .text(program.named[named.index()].name)
        .to_ascii_lowercase();
    name.contains("server") || name.contains("service") || name.contains("handler") || name == "api"
}

/// `*pb.Something`, `*connect.Request[…]`.
fn is_message(program: &Program, ty: crate::model::TypeId) -> bool {
    let Type::Pointer(inner) = program.ty(ty) else {
        return false;
    };
    match program.ty(*inner) {
        Type::Foreign(module, name) => {
            let (module, name) = (program.text(*module), program.text(*name));
            let last = module.rsplit('/').next().unwrap_or(module);
            last.ends_with("pb")
                || last.ends_with("proto")
                || module == "connectrpc.com/connect"
                || last == "connect"
                || name.ends_with("Request")
                || name.ends_with("Response")
        }
        _ => false,
    }
}
