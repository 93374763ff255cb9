//! Queues kept by numbers: a position is read and moved on, and what lies before it is taken.

use super::events::{Key, Queue, add, goes_somewhere, is_shared, key_of, root};
use crate::model::{
    Api, AssignHow, BinaryOp, Call, ExprId, ExprKind, FunctionId, Op, Parent, Program, StepId,
    Type, VariableId,
};
use rustc_hash::FxHashMap;

/// A position that a function moves on after it has read the item there: what lies before it
/// has been taken.
pub(super) fn stepped(
    program: &Program,
    step: StepId,
    targets: &[ExprId],
    queues: &mut FxHashMap<Key, Queue>,
) {
    let Some(position) = targets.first().and_then(|&target| root(program, target)) else {
        return;
    };
    if !is_shared(program, position) {
        return;
    }
    let function = program.function_of(step);
    for &place in program.occurrences(position) {
        let Parent::Expr(outer) = program.parent_of(place) else {
            continue;
        };
        let ExprKind::Index(list, index) = *program.kind(outer) else {
            continue;
        };
        let is_here = program
            .step_of(outer)
            .is_some_and(|reader| program.function_of(reader) == function);
        let is_list = matches!(
            program.underlying(program.expr(list).ty),
            Type::List(_, None)
        );
        if index == place
            && is_here
            && is_list
            && goes_somewhere(program, outer)
            && let Some(key) = key_of(program, list)
        {
            add(queues, key, step, false, true);
        }
    }
}

/// Whether a function counts a shared position on.
fn counts_on(program: &Program, function: FunctionId, position: VariableId) -> bool {
    is_shared(program, position)
        && program.steps_of(function).into_iter().any(|step| {
            matches!(program.op(step), Op::Assign(assign)
                if assign.how == AssignHow::Update(BinaryOp::Add)
                    && program.list(assign.targets).first().and_then(|&target| root(program, target)) == Some(position))
        })
}

/// `m[tail] = x` beside `tail++`: a map that is used as a queue.
pub(super) fn numbered(
    program: &Program,
    step: StepId,
    target: ExprId,
    queues: &mut FxHashMap<Key, Queue>,
) {
    let ExprKind::Index(map, index) = *program.kind(target) else {
        return;
    };
    if is_map(program, map)
        && let Some(position) = root(program, index)
        && counts_on(program, program.function_of(step), position)
        && let Some(key) = key_of(program, map)
    {
        add(queues, key, step, true, false);
    }
}

/// `delete(m, head)` beside `head++`.
pub(super) fn deleted(
    program: &Program,
    step: StepId,
    call: &Call,
    queues: &mut FxHashMap<Key, Queue>,
) {
    if call.api != Api::MapDelete {
        return;
    }
    if let &[map, index] = program.list(call.args)
        && let Some(position) = root(program, index)
        && counts_on(program, program.function_of(step), position)
        && let Some(key) = key_of(program, map)
    {
        add(queues, key, step, false, true);
    }
}

fn is_map(program: &Program, id: ExprId) -> bool {
    matches!(program.underlying(program.expr(id).ty), Type::Map(..))
}
