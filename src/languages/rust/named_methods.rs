//! Methods of something whose type is not in view, known by their names alone.

use super::searches::Sought;
use super::{Kind, Lowering, basic};
use crate::languages::syntax::Node;
use crate::model::types::Library;
use crate::model::{Api, ExprId, ExprKind};

/// Sends and receives that wait, by names that other types seldom have.
const WAITING: &[&str] = &[
    "send",
    "recv",
    "recv_async",
    "blocking_recv",
    "recv_blocking",
    "send_async",
    "blocking_send",
    "send_blocking",
];

impl Lowering<'_> {
    /// Methods of something whose type is not in view: only names that mean one thing in all
    /// Rust code.
    pub(super) fn by_name(&mut self, node: &Node<'_>, on: ExprId, name: &str) -> Option<ExprId> {
        let nodes = self.argument_nodes(node);
        let span = self.span(node);
        if WAITING.contains(&name) && self.as_sender(node, on, name) {
            return self.channel_method(node, on, name);
        }
        let is_known = self.has_type(on);
        if let Some(taken) = self.taken_by_name(node, on, name, nodes.len()) {
            return Some(taken);
        }
        if !is_known && self.is_token_by_name(on, name, nodes.len()) {
            self.is_token(on);
            return self.token_method(node, on, name);
        }
        let api = match (name, nodes.len()) {
            ("serve_with_shutdown", 2)
            | ("serve_with_incoming_shutdown" | "bind_with_graceful_shutdown", 2) => Api::Serve,
            ("accept", 0) => Api::Accept,
            ("next" | "recv" | "receive" | "fetch", 0)
                if self.is_named(on, &["sub", "consumer", "messages", "stream", "deliveries"]) =>
            {
                Api::MessageFetch
            }
            ("poll", 0) if self.is_named(on, &["eventloop", "event_loop"]) => Api::MessageFetch,
            ("send", 0) | ("execute", 1)
                if self.is_named(on, &["client", "http", "request", "req"]) || name == "send" =>
            {
                Api::Outbound
            }
            ("fetch_add" | "fetch_sub", 2) => {
                return self.atomic_method(node, on, name, Library::AtomicInteger);
            }
            ("load", 1) | ("store" | "swap", 2) if !is_known => {
                return self.atomic_method(node, on, name, Library::AtomicCell);
            }
            ("compare_exchange" | "compare_exchange_weak", 4) | ("fetch_update", 3) => {
                return self.atomic_method(node, on, name, Library::AtomicCell);
            }
            ("tick", 0) => {
                return Some(self.api_call(Api::TickerChannel, Some(on), &[], span).0);
            }
            ("notified", 0) | ("notify_one" | "notify_waiters", 0) => {
                return self.condition_method(node, on, name);
            }
            ("get_or_init" | "get_or_try_init", 1) => Api::OnceDo,
            ("join", 0) if !is_known => Api::GroupWait,
            ("abort", 0) => Api::Cancel,
            ("spawn" | "spawn_blocking", 1)
                if (!is_known || self.is_runtime(on)) && self.starts_task(&nodes[0]) =>
            {
                return Some(self.spawn_call(node, None));
            }
            _ => return self.by_common_name(node, on, name),
        };
        Some(self.does(api, node, on))
    }

    /// Whether a method tells that what it is called on is a token.
    fn is_token_by_name(&self, on: ExprId, name: &str, count: usize) -> bool {
        match (name, count) {
            // Only tokens have these.
            ("cancelled" | "cancelled_owned" | "child_token" | "drop_guard", 0)
            | ("run_until_cancelled", 1) => true,
            ("cancel" | "is_cancelled", 0) => {
                self.is_named(on, &["token", "cancel", "shutdown", "stop"])
            }
            _ => false,
        }
    }

    /// Notes that something whose type is not in view is a token.
    fn is_token(&mut self, on: ExprId) {
        let ty = self.lends(Library::Context);
        self.builder.program.exprs[on.index()].ty = ty;
        if let Some(variable) = self.builder.program.variable_or_field(on) {
            let of = &mut self.builder.program.variables[variable.index()];
            if of.ty == basic::UNKNOWN {
                of.ty = ty;
            }
        }
    }

    /// A lock or a permit that is taken by a name which nothing else has.
    fn taken_by_name(
        &mut self,
        node: &Node<'_>,
        on: ExprId,
        name: &str,
        count: usize,
    ) -> Option<ExprId> {
        let is_known = self.has_type(on);
        let is_permit = || self.is_named(on, &["sem", "limit", "permit", "slots"]);
        match (name, count) {
            ("lock" | "lock_owned", 0) if self.is_out_of_view(on) => {
                Some(self.take_lock(on, false, node))
            }
            ("acquire" | "acquire_owned", 0) if is_permit() => Some(self.take_permit(on, node)),
            // Only semaphores have these.
            ("acquire_owned", 0) | ("acquire_many_owned", 1) if !is_known => {
                Some(self.take_permit(on, node))
            }
            // The guard of a lock is no result that can fail.
            ("read" | "write", 0) if !is_known && self.is_awaited_as_it_is(node) => {
                Some(self.take_lock(on, name == "read", node))
            }
            _ => None,
        }
    }

    /// Methods of lists, metrics and clocks that go by the same names everywhere.
    fn by_common_name(&mut self, node: &Node<'_>, on: ExprId, name: &str) -> Option<ExprId> {
        let nodes = self.argument_nodes(node);
        let span = self.span(node);
        let is_known = self.has_type(on);
        let api = match (name, nodes.len()) {
            ("inc", 0) | ("inc_by" | "observe" | "record" | "increment", 1) => Api::MetricRecord,
            ("gen_range" | "random_range" | "gen" | "random", _) => Api::Random,
            ("next_backoff" | "next_back_off", _) => Api::BackoffRetry,
            ("retry", 1) => Api::BackoffRetry,
            ("push_back" | "push_front", 1) if !is_known => {
                return self.list_method(node, on, name);
            }
            // What a lock guards, and is told a key and a value, is a map.
            ("insert", 2) if !is_known && self.is_guard(on) && !self.is_number(&nodes[0]) => {
                return self.map_method(node, on, name);
            }
            ("remove", 1)
                if !is_known
                    && self.is_guard(on)
                    && self.kind(&nodes[0]) == Kind::ReferenceExpression =>
            {
                return self.map_method(node, on, name);
            }
            ("pop_front" | "pop_back", 0) if !is_known => return self.list_method(node, on, name),
            ("len", 0) if !is_known => {
                return Some(self.typed(ExprKind::Length(on), basic::INTEGER, span));
            }
            ("is_empty", 0) if !is_known => return Some(self.is_empty(on, node)),
            ("is_full", 0) if !is_known => return Some(self.is_full(on, node)),
            (_, 1) if !is_known => return self.search(node, on, Sought::by(name)?, &nodes[0]),
            _ => return None,
        };
        Some(self.does(api, node, on))
    }

    /// Whether an argument is a position in a list, and no key.
    fn is_number(&self, node: &Node<'_>) -> bool {
        self.kind(node) == Kind::IntegerLiteral
    }

    fn is_out_of_view(&self, on: ExprId) -> bool {
        let program = &self.builder.program;
        program.is_out_of_view(program.expr(on).ty)
    }

    fn is_named(&self, on: ExprId, words: &[&str]) -> bool {
        let name = self.name_of(on).to_ascii_lowercase();
        words.iter().any(|word| name.contains(word))
    }
}
