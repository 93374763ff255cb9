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

    /// Whether a value of which nothing is known is used as such a queue: whoever puts an item in asks
    /// whether there was room, and elsewhere in the function one is taken out.
    pub(super) fn is_used_as_queue(
        &mut self,
        at: ExprId,
        receiver: &Node<'_>,
        how: &Try<'_>,
        word: Option<&'static str>,
    ) -> bool {
        let ty = self.builder.program.pointee(self.ty(at));
        if !matches!(ty, Type::Unknown | Type::Foreign(..)) {
            return false;
        }
        let Some(function) = self.function else {
            return false;
        };
        let name = self.intern(self.text_of(receiver));
        match (how, word) {
            (Try::Send(_), Some("Ok" | "Err")) | (Try::Force(_), Some("Some" | "None")) => {
                self.rings.insert((function, name));
                true
            }
            (Try::Receive, _) => self.rings.contains(&(function, name)),
            _ => false,
        }
    }

    pub(super) fn put_or_take(&mut self, node: &Node<'_>, receiver: Node<'_>, how: Try<'_>) {
        let at = self.expression(receiver);
        if self.is_queue(at) || self.is_used_as_queue(at, &receiver, &how, None) {
            let span = self.span(node);
            return self.tried(at, how, node, span, &mut |_, _| {}, &mut |_, _| {});
        }
        self.method_on(node, at);
    }
}
