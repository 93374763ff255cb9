//! What code out of view may hold too.

use super::unify::Classes;
use crate::model::{Direction, ExprId, ExprKind, FunctionKind, Program, Type, VariableKind};

/// How far a class is known out of the unit.
#[derive(Clone, Copy, Default)]
pub(super) struct Escape {
    /// Whether code out of view may hold it.
    pub held: bool,
    /// Whether it may do more with it than receive.
    pub whole: bool,
}

/// For each class (by its root) whether it escapes the unit.
pub(super) fn escapes(program: &Program, classes: &Classes) -> Vec<Escape> {
    let mut found = Found {
        program,
        classes,
        escapes: vec![Escape::default(); classes.len()],
    };
    let is_closed = program.is_executable();
    for (at, variable) in program.variables.iter().enumerate() {
        let seen = match variable.kind {
            VariableKind::Global | VariableKind::Field(_) => variable.exported && !is_closed,
            _ => false,
        };
        if seen {
            found.mark(at as u32);
        }
    }
    for &(node, _) in &classes.arrivals {
        found.mark(node);
    }
    for &value in &classes.departures {
        if let Some(node) = node_of(program, value) {
            found.mark(node);
        }
    }
    found.doors(is_closed);
    found.escapes
}

struct Found<'a> {
    program: &'a Program,
    classes: &'a Classes,
    escapes: Vec<Escape>,
}

impl Found<'_> {
    fn mark(&mut self, node: u32) {
        let only_receives = self
            .program
            .variables
            .get(node as usize)
            .is_some_and(|variable| {
                matches!(
                    self.program.underlying(variable.ty),
                    Type::Channel(_, Direction::Receive, _)
                )
            });
        let escape = &mut self.escapes[self.classes.find(node) as usize];
        escape.held = true;
        escape.whole |= !only_receives;
    }

    /// Parameters that code out of view fills, results that it gets.
    fn doors(&mut self, is_closed: bool) {
        for (at, function) in self.program.functions.iter().enumerate() {
            let has_callers = !self.program.callers[at].is_empty();
            let is_closure = matches!(function.kind, FunctionKind::Closure(_));
            let open = (function.exported && !is_closed) || !has_callers || function.is_value;
            if open {
                for parameter in &function.parameters {
                    self.mark(parameter.0);
                }
            }
            if open && (function.is_value || (!is_closure && !has_callers) || function.exported) {
                for result in &function.result_variables {
                    self.mark(result.0);
                }
            }
        }
    }
}

fn node_of(program: &Program, mut value: ExprId) -> Option<u32> {
    loop {
        match *program.kind(value) {
            ExprKind::Variable(variable) | ExprKind::Field(_, variable) => return Some(variable.0),
            ExprKind::Reference(inner)
            | ExprKind::Dereference(inner)
            | ExprKind::Convert(_, inner) => value = inner,
            ExprKind::Slice(inner, ..) | ExprKind::Append(inner, _) => value = inner,
            _ => return None,
        }
    }
}
