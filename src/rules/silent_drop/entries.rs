//! Lists that are a part of an entry in a map, and are taken with it.

use crate::model::{Api, ExprId, ExprKind, Init, ObjectId, Op, Parent, Program, VariableKind};

/// How many names an entry may have on the way from the map.
const MAX_NAMES: usize = 6;

/// Whether somebody takes out of a map the entry that a list is a part of, and hands on what is in
/// the list: the items were kept for him.
pub(super) fn is_taken_with_entry(program: &Program, list: ObjectId) -> bool {
    let variables = program.object(list).variables.iter().copied();
    variables
        .filter(|&one| matches!(program.variable(one).kind, VariableKind::Field(_)))
        .flat_map(|field| program.occurrences(field).iter().copied())
        .any(|place| is_handed_on(program, place) && is_of_taken_entry(program, place))
}

/// Whether a list is returned, gone over or given to somebody as a whole.
fn is_handed_on(program: &Program, place: ExprId) -> bool {
    let mut at = place;
    for _ in 0..MAX_NAMES {
        match program.parent_of(at) {
            Parent::Step(step) => {
                return matches!(
                    program.op(step),
                    Op::Return(_) | Op::Loop(_) | Op::Send { .. }
                );
            }
            Parent::Expr(outer) => match *program.kind(outer) {
                ExprKind::Convert(..)
                | ExprKind::Reference(_)
                | ExprKind::Dereference(_)
                | ExprKind::Composite(..) => at = outer,
                _ => return false,
            },
            Parent::None => return false,
        }
    }
    false
}

/// Whether what a field is read of was in a map, and is removed from there by the same function.
fn is_of_taken_entry(program: &Program, place: ExprId) -> bool {
    let (ExprKind::Field(base, _), Some(at)) = (program.kind(place), program.step_of(place)) else {
        return false;
    };
    let Some(map) = map_of(program, *base).and_then(|map| program.object_of(map)) else {
        return false;
    };
    let steps = program.steps_of(program.function_of(at)).into_iter();
    steps
        .filter_map(|step| program.call(step))
        .filter(|call| call.api == Api::MapDelete)
        .filter_map(|call| program.list(call.args).first())
        .any(|&from| program.object_of(from) == Some(map))
}

/// The map that a value is an entry of.
fn map_of(program: &Program, mut value: ExprId) -> Option<ExprId> {
    for _ in 0..MAX_NAMES {
        value = match *program.kind(value) {
            ExprKind::Index(map, _) => return Some(map),
            ExprKind::Reference(inner) | ExprKind::Dereference(inner) => inner,
            ExprKind::Variable(variable) => match program.variable(variable).init {
                Init::Value(first) | Init::Part(first, 0) => first,
                _ => return None,
            },
            _ => return None,
        };
    }
    None
}
