//! Channels whose types are not in view, told by their names and by what is done with them.

use super::{Kind, Lowering, basic};
use crate::languages::syntax::Node;
use crate::model::types::{Direction, Discipline, Type};
use crate::model::{ExprId, ExprKind, TypeId, VariableKind};

/// What names call that is no channel, and has methods of the same names.
const CONNECTIONS: &[&str] = &[
    "socket",
    "sock",
    "udp",
    "ws",
    "websocket",
    "conn",
    "connection",
    "stream",
    "sink",
    "framed",
    "client",
    "session",
    "producer",
    "transport",
    "peer",
    "link",
    "port",
    "http",
    "request",
    "req",
    "writer",
    "mailer",
    "endpoint",
    "wire",
];

impl Lowering<'_> {
    /// Whether a value is an end of a channel; one of an unknown type by its name and what is
    /// done to it.
    pub(super) fn as_channel(&mut self, on: ExprId, method: &str) -> bool {
        self.as_channel_of(on, method, Discipline::Owned)
    }

    /// Of a channel whose type is not in view, what async code sends without awaiting does not
    /// wait for room: it is most likely the one answer to a question.
    pub(super) fn as_sender(&mut self, node: &Node<'_>, on: ExprId, method: &str) -> bool {
        let is_plain =
            method == "send" && self.is_in_async(node) && !self.is_awaited_in_place(node);
        let discipline = match is_plain {
            true => Discipline::Once,
            false => Discipline::Owned,
        };
        self.as_channel_of(on, method, discipline)
    }

    fn is_awaited_in_place(&self, node: &Node<'_>) -> bool {
        let parent = node.parent();
        parent.is_some_and(|parent| self.kind(&parent) == Kind::AwaitExpression)
    }

    /// `x.read().await`, and no `?` behind it.
    pub(super) fn is_awaited_as_it_is(&self, node: &Node<'_>) -> bool {
        let waited = node.parent().filter(|_| self.is_awaited_in_place(node));
        waited.is_some_and(|waited| {
            waited
                .parent()
                .is_none_or(|around| self.kind(&around) != Kind::TryExpression)
        })
    }

    /// Whether code stands in an async function or block, as far as its text is in view.
    pub(super) fn is_in_async(&self, node: &Node<'_>) -> bool {
        let mut at = node.parent();
        while let Some(around) = at {
            match self.kind(&around) {
                Kind::AsyncBlock => return true,
                Kind::ClosureExpression => return false,
                Kind::FunctionItem => {
                    let text = self.text_of(&around);
                    let head = text.split("fn ").next().unwrap_or("");
                    return head.split_whitespace().any(|word| word == "async");
                }
                _ => at = around.parent(),
            }
        }
        false
    }

    fn as_channel_of(&mut self, on: ExprId, method: &str, discipline: Discipline) -> bool {
        if self.has_type(on) {
            let ty = self.ty(on);
            return matches!(self.builder.program.underlying(ty), Type::Channel(..))
                && !(method == "next" && self.is_sender(ty));
        }
        let name = self.name_of(on).to_ascii_lowercase();
        let ends = |words: &[&str]| {
            words
                .iter()
                .any(|word| name == *word || name.ends_with(&format!("_{word}")))
        };
        let is_told = |words: &[&str]| ends(words) || self.is_of_unseen(on) && !ends(CONNECTIONS);
        let direction = match method {
            "recv" | "recv_async" | "blocking_recv" | "recv_blocking" | "try_recv"
            | "recv_many" => {
                if !is_told(&[
                    "rx", "receiver", "recv", "inbox", "mailbox", "queue", "chan", "channel",
                ]) {
                    return false;
                }
                Direction::Receive
            }
            "send" | "try_send" | "send_async" | "blocking_send" | "send_blocking" | "reserve" => {
                if !is_told(&[
                    "tx", "sender", "inbox", "mailbox", "queue", "chan", "channel",
                ]) {
                    return false;
                }
                Direction::Send
            }
            _ => return false,
        };
        let ty = self
            .builder
            .ty(Type::Channel(basic::UNKNOWN, direction, discipline));
        self.learn(on, ty);
        true
    }

    /// Whether a value is a field of a type whose declaration is not in view, as in a piece of a
    /// file: nothing but what is done with it tells what it is.
    fn is_of_unseen(&self, value: ExprId) -> bool {
        let program = &self.builder.program;
        let ExprKind::Field(_, field) = *program.kind(value) else {
            return false;
        };
        match program.variable(field).kind {
            VariableKind::Field(named) => program.named[named.index()].span.is_none(),
            _ => false,
        }
    }

    /// What a value is that says nothing of its type.
    fn learn(&mut self, value: ExprId, ty: TypeId) {
        self.builder.program.exprs[value.index()].ty = ty;
        if let ExprKind::Variable(variable) | ExprKind::Field(_, variable) =
            *self.builder.program.kind(value)
        {
            let known = &mut self.builder.program.variables[variable.index()];
            if known.ty == basic::UNKNOWN {
                known.ty = ty;
            }
        }
    }
}
