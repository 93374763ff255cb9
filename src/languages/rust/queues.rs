//! Queues that are both ends in one, and whose methods never wait: `push`, `force_push`, `pop`.

use super::Lowering;
use super::outcomes::Try;
use crate::languages::syntax::Node;
use crate::model::{Direction, ExprId, Type};

impl Lowering<'_> {
    /// `queue.push(x)`, `queue.pop()`: of a queue with room these are tries that never wait.
    pub(super) fn put_or_taken<'t>(&self, node: &Node<'t>) -> Option<(Node<'t>, Try<'t>)> {
        let (receiver, name, list) = self.method_head(node)?;
        let how = match (self.text_of(&name), &self.children(&list)[..]) {
            ("push", &[value]) => Try::Send(value),
            ("force_push", &[value]) => Try::Force(value),
            ("pop", []) => Try::Receive,
            _ => return None,
        };
        Some((receiver, how))
    }

    /// Whether a value is both ends of a queue with room in one.
    pub(super) fn is_queue(&self, value: ExprId) -> bool {
        matches!(
            *self.builder.program.pointee(self.ty(value)),
            Type::Channel(_, Direction::Both, _)
        )
    }

    pub(super) fn put_or_take(&mut self, node: &Node<'_>, receiver: Node<'_>, how: Try<'_>) {
        let at = self.expression(receiver);
        if self.is_queue(at) {
            let span = self.span(node);
            return self.tried(at, how, node, span, &mut |_, _| {}, &mut |_, _| {});
        }
        self.method_on(node, at);
    }
}
