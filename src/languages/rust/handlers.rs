//! Handlers, known by what a framework hands them, or by what they are handed to. To teach the
//! engine a framework, add a line to the table.

use super::libraries::{Table, meanings, table};
use super::names::Item;
use super::{Kind, Lowering};
use crate::languages::syntax::Node;
use crate::model::{FunctionId, Handler, Type, TypeId};
use std::sync::OnceLock;

/// Types that frameworks take out of a request, call or message, by their paths.
const PARAMETERS: &[(&str, Handler)] = &[
    ("axum::extract::State", Handler::Request),
    ("axum::extract::Path", Handler::Request),
    ("axum::extract::Query", Handler::Request),
    ("axum::extract::Extension", Handler::Request),
    ("axum::extract::Form", Handler::Request),
    ("axum::extract::Json", Handler::Request),
    ("axum::extract::Multipart", Handler::Request),
    ("axum::extract::Request", Handler::Request),
    ("axum::extract::ConnectInfo", Handler::Request),
    ("axum::extract::ws::WebSocketUpgrade", Handler::Request),
    ("axum::Json", Handler::Request),
    ("axum::Form", Handler::Request),
    ("axum::Extension", Handler::Request),
    ("actix_web::HttpRequest", Handler::Request),
    ("actix_web::web::Json", Handler::Request),
    ("actix_web::web::Data", Handler::Request),
    ("actix_web::web::Path", Handler::Request),
    ("actix_web::web::Query", Handler::Request),
    ("actix_web::web::Form", Handler::Request),
    ("actix_web::web::Bytes", Handler::Request),
    ("actix_web::web::Payload", Handler::Request),
    ("poem::web::Json", Handler::Request),
    ("poem::web::Data", Handler::Request),
    ("poem::web::Path", Handler::Request),
    ("poem::web::Query", Handler::Request),
    ("tide::Request", Handler::Request),
    ("hyper::Request", Handler::Request),
    ("http::Request", Handler::Request),
    ("tonic::Request", Handler::Rpc),
    ("lambda_runtime::LambdaEvent", Handler::Message),
    ("lambda_http::Request", Handler::Request),
    ("lapin::message::Delivery", Handler::Message),
    ("rdkafka::message::BorrowedMessage", Handler::Message),
    ("rdkafka::message::OwnedMessage", Handler::Message),
    ("async_nats::Message", Handler::Message),
    ("async_nats::jetstream::Message", Handler::Message),
];

/// Names of them that a snippet without `use` means.
const USUAL: &[&str] = &[
    "State",
    "Json",
    "Query",
    "Extension",
    "Form",
    "HttpRequest",
    "WebSocketUpgrade",
    "LambdaEvent",
    "Delivery",
    "BorrowedMessage",
];

/// What the handlers of warp answer.
const ANSWERS: &[&str] = &["Rejection", "Reply", "Response"];

/// Functions that take a handler and run it for each request.
const ROUTES: &[&str] = &[
    "get",
    "post",
    "put",
    "patch",
    "delete",
    "any",
    "on",
    "to",
    "service_fn",
    "handler_fn",
];

/// What a function handles that is handed to a call of this name.
pub(super) fn registers(callee: &str, _takes_path: bool) -> Option<Handler> {
    ROUTES.contains(&callee).then_some(Handler::Request)
}

/// What a parameter of a type makes of its function.
fn by_parameter(path: &str) -> Option<Handler> {
    static TABLE: OnceLock<Table<Handler>> = OnceLock::new();
    let table = TABLE.get_or_init(|| table(PARAMETERS));
    meanings(table, path, |last| USUAL.contains(&last))
        .next()
        .copied()
}

/// Words that begin the name of what makes or sends messages instead of handling them.
const SENDS: &[&str] = &[
    "publish", "send", "write", "produce", "enqueue", "encode", "push", "emit", "new", "from",
    "into", "parse", "build", "fetch", "forward", "to_",
];

impl Lowering<'_> {
    /// Marks a function as a handler whose parameters say so.
    pub(super) fn mark_handler(&mut self, function: FunctionId, parameters: &[Node<'_>]) {
        let known = self.builder.program.function(function);
        if known.handler.is_some() || parameters.len() > 8 {
            return;
        }
        let name = self.builder.program.text(known.name).to_owned();
        let is_free = self.this.is_none();
        for parameter in parameters {
            let Some(ty) = self.field(parameter, self.f.r#type) else {
                continue;
            };
            let named = match self.kind(&ty) {
                Kind::GenericType => self.field(&ty, self.f.r#type),
                Kind::TypeIdentifier | Kind::ScopedTypeIdentifier => Some(ty),
                _ => None,
            };
            let Some(named) = named else { continue };
            let (path, item) = self.resolve(&named);
            let handler = match item {
                None => by_parameter(&path),
                // A piece without `use` names types that nobody declares.
                Some(Item::Type(_, ty)) if self.is_implied(ty) => self.by_answer(parameter, &path),
                Some(_) => continue,
            };
            // The one method of a service that takes a request is what its server calls for each.
            if self.of_trait && name == "call" && path.rsplit("::").next() == Some("Request") {
                self.builder.program.functions[function.index()].handler = Some(Handler::Request);
                return;
            }
            let handler = handler.filter(|handler| match handler {
                // Clients have requests as well: a server's method implements a trait.
                Handler::Rpc => self.of_trait,
                Handler::Message => !SENDS.iter().any(|word| name.starts_with(word)),
                _ if path.ends_with("::Request") => {
                    is_free && !SENDS.iter().any(|word| name.starts_with(word))
                }
                _ => is_free,
            });
            if let Some(handler) = handler {
                self.builder.program.functions[function.index()].handler = Some(handler);
                return;
            }
        }
    }
}

impl Lowering<'_> {
    /// What a function handles that takes a `Request` of a piece without `use`, and answers with a
    /// `Response` or a `Status`.
    fn by_answer(&self, parameter: &Node<'_>, path: &str) -> Option<Handler> {
        let function = parameter.parent()?.parent()?;
        let answer = self.field(&function, self.f.return_type)?;
        let text = self.text_of(&answer);
        let is_rpc =
            last(path) == "Request" && text.contains("Response<") && text.contains("Status");
        is_rpc.then_some(Handler::Rpc)
    }

    fn is_implied(&self, ty: TypeId) -> bool {
        matches!(*self.builder.program.pointee(ty), Type::Named(named)
            if self.builder.program.named[named.index()].span.is_none())
    }
}

impl Lowering<'_> {
    /// Marks a function as a handler that answers in a framework's own type: warp takes
    /// functions as they are, without a type among their parameters.
    pub(super) fn mark_by_result(&mut self, function: FunctionId, result: &Node<'_>) {
        let known = self.builder.program.function(function);
        let takes_something = !known.parameters.is_empty();
        if known.handler.is_some() || self.this.is_some() || !takes_something {
            return;
        }
        let mut named = Vec::new();
        self.types_in(*result, &mut named);
        let answers = |path: &str| path.starts_with("warp::") && ANSWERS.contains(&last(path));
        let builds = |path: &str| last(path) == "Filter";
        let paths: Vec<_> = named.iter().map(|name| self.resolve(name).0).collect();
        // What makes filters is called once, when the server starts.
        if paths.iter().any(|path| answers(path)) && !paths.iter().any(|path| builds(path)) {
            self.builder.program.functions[function.index()].handler = Some(Handler::Request);
        }
    }

    /// The names of the types below a node.
    fn types_in<'t>(&self, node: Node<'t>, found: &mut Vec<Node<'t>>) {
        if found.len() > 16 {
            return;
        }
        match self.kind(&node) {
            Kind::TypeIdentifier | Kind::ScopedTypeIdentifier => found.push(node),
            _ => {
                for child in self.children(&node) {
                    self.types_in(child, found);
                }
            }
        }
    }
}

fn last(path: &str) -> &str {
    path.rsplit("::").next().unwrap_or(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_tell_handlers() {
        assert_eq!(by_parameter("axum::extract::State"), Some(Handler::Request));
        assert_eq!(by_parameter("web::Json"), Some(Handler::Request));
        assert_eq!(by_parameter("State"), Some(Handler::Request));
        assert_eq!(by_parameter("crate::State"), None);
        assert_eq!(by_parameter("Path"), None);
    }
}
