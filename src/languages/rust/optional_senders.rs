//! Senders in optional fields: where they are taken out, and where code relies on them.

use super::Lowering;
use crate::languages::syntax::Node;
use crate::model::{Direction, ExprId, ExprKind, Init, Type, VariableId, VariableKind};

/// How far a value is followed to the field that it comes from.
const MAX_DEPTH: u32 = 6;
/// What gives access to what a lock guards, and yields a result of its own.
const LOCKS: &[&str] = &["lock", "read", "write", "borrow", "borrow_mut", "get_mut"];

impl Lowering<'_> {
    /// What a method tells of an option: that something is there, or no longer.
    pub(super) fn note_option(&mut self, node: &Node<'_>, on: ExprId, name: &str) {
        match name {
            "unwrap" | "expect" => {
                self.note_taken(node, on);
                self.note_expected(node, on);
            }
            "take" => self.note_emptied(node, on),
            _ => {}
        }
    }

    /// `self.tx.lock().clone().expect("…")`: who comes when it is gone panics.
    fn note_expected(&mut self, node: &Node<'_>, on: ExprId) {
        let receiver = self.method_parts(node).map(|(receiver, ..)| receiver);
        let of_lock = receiver
            .and_then(|receiver| self.method_parts(&receiver))
            .is_some_and(|(_, name, _)| {
                let name = self.text_of(&name);
                LOCKS.contains(&name) || name == "take"
            });
        if let (Some(field), Some(function), false) = (self.optional(on), self.function, of_lock) {
            let span = self.span(node);
            let place = (field, function, span);
            self.builder.program.expected.push(place);
        }
    }

    /// `self.tx.lock().take()`: from now on there is none.
    fn note_emptied(&mut self, node: &Node<'_>, on: ExprId) {
        if let (Some(field), Some(function)) = (self.optional(on), self.function) {
            let span = self.span(node);
            let place = (field, function, span);
            self.builder.program.emptied.push(place);
        }
    }

    /// The optional field that a sender comes from.
    fn optional(&self, value: ExprId) -> Option<VariableId> {
        let program = &self.builder.program;
        let field = self.field_behind(value, MAX_DEPTH)?;
        let ty = program.variable(field).ty;
        let inner = program.pointee(ty);
        let is_sender = matches!(inner, Type::Channel(_, Direction::Send, _));
        (is_sender && program.optional.contains(&field)).then_some(field)
    }

    pub(super) fn field_behind(&self, value: ExprId, depth: u32) -> Option<VariableId> {
        let depth = depth.checked_sub(1)?;
        let program = &self.builder.program;
        match *program.kind(value) {
            ExprKind::Field(_, field) => Some(field),
            ExprKind::Reference(inner)
            | ExprKind::Dereference(inner)
            | ExprKind::Convert(_, inner) => self.field_behind(inner, depth),
            ExprKind::Variable(variable) => {
                let of = program.variable(variable);
                match (of.kind, of.init) {
                    (VariableKind::Local, Init::Value(made)) => self.field_behind(made, depth),
                    _ => None,
                }
            }
            _ => None,
        }
    }
}
