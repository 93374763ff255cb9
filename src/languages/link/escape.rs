//! What code out of view may hold too.

use super::unify::Classes;
use crate::model::{ExprId, ExprKind, FunctionKind, Program, VariableKind};

/// For each class (by its root) whether it escapes the unit.
pub(super) fn escapes(program: &Program, classes: &Classes) -> Vec<bool> {
    let mut escapes = vec![false; classes.len()];
    let mark = |escapes: &mut Vec<bool>, node: u32| escapes[classes.find(node) as usize] = true;
    let is_closed = program.is_executable();
    for (at, variable) in program.variables.iter().enumerate() {
        let seen = match variable.kind {
            VariableKind::Global | VariableKind::Field(_) => variable.exported && !is_closed,
            _ => false,
        };
        if seen {
            mark(&mut escapes, at as u32);
        }
    }
    for &(node, _) in &classes.arrivals {
        mark(&mut escapes, node);
    }
    for &value in &classes.departures {
        if let Some(node) = node_of(program, value) {
            mark(&mut escapes, node);
        }
    }
    doors(program, classes, &mut escapes, is_closed);
    escapes
}

/// Parameters that code out of view fills, results that it gets.
fn doors(program: &Program, classes: &Classes, escapes: &mut [bool], is_closed: bool) {
    for (at, function) in program.functions.iter().enumerate() {
        let has_callers = !program.callers[at].is_empty();
        let is_closure = matches!(function.kind, FunctionKind::Closure(_));
        let open = (function.exported && !is_closed) || !has_callers || function.is_value;
        if open {
            for parameter in &function.parameters {
                escapes[classes.find(parameter.0) as usize] = true;
            }
        }
        if open && (function.is_value || (!is_closure && !has_callers) || function.exported) {
            for result in &function.result_variables {
                escapes[classes.find(result.0) as usize] = true;
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
