//! Workers whose code is not in view: tasks that are started where a queue is made, by whoever has
//! it or with it.

use super::workers::turns;
use crate::model::{ExprId, ExprKind, ObjectId, Op, Program, Spawn, StepId, VariableId};
use crate::source::Span;
use rustc_hash::FxHashMap;

/// How many such tasks are started, and where one is, when nobody in view takes from the queue.
pub(super) fn workers(
    program: &Program,
    channel: ObjectId,
    made: ExprId,
    steps: &FxHashMap<ExprId, StepId>,
) -> Option<(u64, Span)> {
    if program.object(channel).takes().next().is_some() {
        return None;
    }
    let maker = program.function_at(program.expr(made).span)?;
    let made_in = steps
        .get(&made)
        .and_then(|&step| program.enclosing_loop(step));
    let holder = holder(program, made);
    let mut count = 0_u64;
    let mut started = None;
    for step in program.steps_of(maker) {
        let Some(spawn) = program.spawn(step).filter(|spawn| spawn.target.is_none()) else {
            continue;
        };
        if !has_queue(program, spawn, channel, holder) {
            continue;
        }
        count = count.checked_add(turns(program, step, made_in)?)?;
        started = started.or(Some(program.span(step)));
    }
    // One task may do anything with it; several of a kind are its workers.
    Some((count, started?)).filter(|&(count, _)| count > 1)
}

/// The local that is given a value with the queue in it where that is made.
fn holder(program: &Program, made: ExprId) -> Option<VariableId> {
    let at = program.expr(made).span;
    let around = |value: ExprId| {
        let is_whole = matches!(
            program.kind(value),
            ExprKind::Composite(..) | ExprKind::Reference(_)
        );
        is_whole && program.expr(value).span.contains(at)
    };
    let steps = program.steps_of(program.function_at(at)?);
    steps.into_iter().find_map(|step| match program.op(step) {
        Op::Assign(assign) => program
            .assigned(assign)
            .find(|&(_, value)| around(value))
            .and_then(|(target, _)| program.variable_of(target)),
        _ => None,
    })
}

/// Whether a task is a method of what holds the queue, or is handed it or the queue.
fn has_queue(
    program: &Program,
    spawn: &Spawn,
    channel: ObjectId,
    holder: Option<VariableId>,
) -> bool {
    let is_it = |value: ExprId| {
        program.object_of(value) == Some(channel)
            || holder.is_some() && program.variable_of(value) == holder
    };
    let on = match *program.kind(spawn.callee) {
        ExprKind::Member(base, _) | ExprKind::Field(base, _) => Some(base),
        _ => None,
    };
    on.into_iter()
        .chain(program.list(spawn.args).iter().copied())
        .any(is_it)
}
