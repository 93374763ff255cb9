//! Batches that are asked for with as much as there is room.

use super::bounds::{Fill, MAX_DEPTH};
use super::pace::parts_through_locals;
use crate::model::{Api, BinaryOp, ExprId, ExprKind, Init, Op, Program, StepId, Type, VariableId};

/// Whether a call hands over what was asked for with as much as there is room:
/// `read(limit - queue.len())`.
pub(super) fn is_asked_for(program: &Program, fill: &Fill<'_>, handed: StepId) -> bool {
    let is_room = |&argument: &ExprId| tells_room(program, fill, argument, MAX_DEPTH);
    let Some(call) = program.call(handed) else {
        return false;
    };
    let given = program.list(call.args).iter();
    given
        .flat_map(|&item| parts_through_locals(program, item))
        .filter_map(|part| program.call_of(part))
        .any(|(_, asked)| program.list(asked.args).iter().any(is_room))
}

/// Whether a call stands behind a wait for leave: a permit, or a token put into a channel out of
/// which somebody else takes it.
pub(super) fn waits_for_leave(program: &Program, call: StepId) -> bool {
    let function = program.function_of(call);
    let is_token = |send: StepId| {
        program.channel_of(send).is_some_and(|channel| {
            let mut takes = program.object(channel).takes();
            matches!(
                program.underlying(program.element_type(channel)),
                Type::Unit | Type::Boolean
            ) && program.discipline(channel).waits()
                && takes.any(|take| program.function_of(take) != function)
        })
    };
    let mut steps = program.steps_of(function).into_iter();
    steps.any(|step| match program.op(step) {
        Op::Send { .. } => match program.select_of(step) {
            Some((select, _)) => {
                is_token(step) && !program.has_default(select) && program.dominates(select, call)
            }
            None => is_token(step) && program.dominates(step, call),
        },
        Op::Call(of) => matches!(of.api, Api::PermitAcquire(_)) && program.dominates(step, call),
        _ => false,
    })
}

/// Whether a value is what a limit leaves of the fill.
fn tells_room(program: &Program, fill: &Fill<'_>, id: ExprId, depth: u32) -> bool {
    let Some(depth) = depth.checked_sub(1) else {
        return false;
    };
    match *program.kind(id) {
        ExprKind::Binary(BinaryOp::Subtract, limit, taken) => {
            fill.tells_fill(taken, depth) && !fill.tells_fill(limit, depth)
        }
        ExprKind::Min(of) => {
            let mut limits = program.list(of).iter();
            limits.any(|&limit| tells_room(program, fill, limit, depth))
        }
        ExprKind::Variable(variable) => {
            let first = match program.variable(variable).init {
                Init::Value(value) => Some(value),
                _ => given(program, variable),
            };
            first.is_some_and(|value| tells_room(program, fill, value, depth))
        }
        _ => false,
    }
}

/// What a local is given that is declared with the last value of a block.
fn given(program: &Program, variable: VariableId) -> Option<ExprId> {
    let steps = program.steps_of(program.variable(variable).function?);
    let mut values = steps.into_iter().filter_map(|step| match program.op(step) {
        Op::Assign(assign) => program.assigned(assign).find_map(|(target, value)| {
            (program.variable_of(target) == Some(variable)).then_some(value)
        }),
        _ => None,
    });
    values.next().filter(|_| values.next().is_none())
}
