//! Queues kept by numbers: a position is read and moved on, and what lies before it is taken.

use super::events::{Key, Queue, add, goes_somewhere, is_same, key_of, root};
use crate::model::{
    Api, AssignHow, BinaryOp, Call, ExprId, ExprKind, FunctionId, Op, Parent, Program, StepId,
    Type, VariableId, VariableKind,
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

/// Whether a variable is one that several functions reach.
pub(super) fn is_shared(program: &Program, id: VariableId) -> bool {
    matches!(
        program.variable(id).kind,
        VariableKind::Field(_) | VariableKind::Global
    )
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

/// `m[key] = x`: an append to a map that is taken from in the order of its keys.
pub(super) fn keyed(
    program: &Program,
    step: StepId,
    target: ExprId,
    queues: &mut FxHashMap<Key, Queue>,
) {
    if let ExprKind::Index(map, _) = *program.kind(target)
        && is_map(program, map)
        && let Some(key) = key_of(program, map)
    {
        queues.entry(key).or_default().keyed.push(step);
    }
}

/// Whether a step takes the first or last entry of a map.
fn takes_in_order(program: &Program, step: StepId) -> bool {
    match program.op(step) {
        Op::Assign(assign) => program.assigned(assign).any(|(target, value)| {
            is_map(program, target) && matches!(program.kind(value), ExprKind::Slice(..))
        }),
        _ => false,
    }
}

/// Whether entries of the map that something is put into are removed by their keys as well: they are
/// kept for as long as something lasts.
fn is_also_removed_by_key(program: &Program, put: StepId) -> bool {
    let Op::Assign(assign) = program.op(put) else {
        return false;
    };
    let mut targets = program.list(assign.targets).iter();
    let map = targets.find_map(|&target| match *program.kind(target) {
        ExprKind::Index(map, _) => program.object_of(map),
        _ => None,
    });
    map.is_some_and(|map| {
        program.step_ids().any(|step| {
            program.call(step).is_some_and(|call| {
                call.api == Api::MapDelete
                    && matches!(*program.list(call.args), [from, _]
                        if program.object_of(from) == Some(map))
            })
        })
    })
}

/// What is put under a key is an append where somebody takes entries by their order.
pub(super) fn ordered(program: &Program, queues: &mut FxHashMap<Key, Queue>) {
    let of_maps: Vec<(Key, Vec<StepId>)> = queues
        .iter_mut()
        .filter(|(_, queue)| {
            let mut takes = queue.takes.iter();
            takes.any(|take| takes_in_order(program, take.step))
                && !queue
                    .keyed
                    .iter()
                    .any(|&put| is_also_removed_by_key(program, put))
        })
        .map(|(&key, queue)| (key, std::mem::take(&mut queue.keyed)))
        .collect();
    for (key, pushes) in of_maps {
        for step in pushes {
            add(queues, key, step, true, false);
        }
    }
}

/// Whether a loop cuts off what comes before a number that somebody hands in: what has been
/// acknowledged up to there goes, and whoever does not acknowledge has all of it kept.
pub(super) fn is_acknowledged(program: &Program, cut: StepId, base: ExprId) -> bool {
    let of_first = |side: ExprId| {
        matches!(*program.kind(side), ExprKind::Field(item, _)
            if matches!(*program.kind(item), ExprKind::Index(list, at)
                if program.constant_int(at) == Some(0) && is_same(program, base, list)))
    };
    let is_handed_in = |side: ExprId| {
        let is_number = matches!(program.underlying(program.expr(side).ty), Type::Integer(_));
        let of = program.variable_of(side);
        is_number && of.is_some_and(|of| program.variable(of).kind == VariableKind::Parameter)
    };
    let asks = |part: ExprId| match *program.kind(part) {
        ExprKind::Binary(
            BinaryOp::Less | BinaryOp::LessEqual | BinaryOp::Greater | BinaryOp::GreaterEqual,
            left,
            right,
        ) => of_first(left) && is_handed_in(right) || of_first(right) && is_handed_in(left),
        _ => false,
    };
    let looped = program
        .enclosing_loop(cut)
        .and_then(|looped| program.op_loop(looped));
    looped.and_then(|l| l.condition()).is_some_and(|condition| {
        let mut parts = program.parts_of(condition).into_iter();
        parts.any(asks)
    })
}

fn is_map(program: &Program, id: ExprId) -> bool {
    matches!(program.underlying(program.expr(id).ty), Type::Map(..))
}
