//! Questions: a message that brings along one end of a pair, whose other end stays with whoever
//! sends it.

use crate::model::channels::ArmKind;
use crate::model::{
    Direction, ExprId, ExprKind, Init, ObjectId, Program, StepId, Type, VariableId, VariableKind,
};

/// One end of what a function made in a pair.
#[derive(Clone, Copy, PartialEq, Eq)]
enum End {
    /// The sending end of a channel.
    Sender(ObjectId),
    /// A part of what a call yields.
    Part(ExprId, u32),
}

/// Whether a message carries the way for its answer, and the function that sends it goes on with
/// the end at which the answer comes. Where ends have owners, a message that is lost takes its end
/// along, so the other one tells.
pub(super) fn is_asked_with(program: &Program, send: StepId, value: ExprId) -> bool {
    if !program.has_owners {
        return false;
    }
    let carried: Vec<End> = carried_by(program, value)
        .into_iter()
        .filter_map(|variable| end_of(program, send, variable))
        .collect();
    // An offer that is taken may be followed up right in its own branch.
    let taken = program
        .select_of(send)
        .into_iter()
        .flat_map(|(select, _)| program.blocks_of(select))
        .flat_map(|block| program.steps_in(block))
        .filter(|&step| program.span(step).start > program.span(send).start);
    !carried.is_empty()
        && taken
            .chain(program.after(send))
            .flat_map(|after| program.mentioned_by(after))
            .any(|variable| carried.iter().any(|&end| is_other(program, variable, end)))
}

/// Whether who asks waits for the answer with an end to his patience, which does not cover the
/// sending of the question.
pub(super) fn is_answer_timed(program: &Program, send: StepId, value: ExprId) -> bool {
    let ends: Vec<End> = carried_by(program, value)
        .into_iter()
        .filter_map(|variable| end_of(program, send, variable))
        .collect();
    let is_answer = |variable: VariableId| ends.iter().any(|&end| is_other(program, variable, end));
    program.after(send).into_iter().any(|after| {
        let waits_for_it = program.mentioned_by(after).into_iter().any(is_answer);
        waits_for_it
            && match program.select_of(after) {
                Some((select, _)) => {
                    let arms = program.arms(select);
                    arms.iter().any(|(_, kind)| *kind == ArmKind::Timeout)
                }
                None => program.call(after).is_some_and(|call| {
                    let name = program.callee_name(call.callee);
                    let last = name.rsplit([':', '.']).next().unwrap_or(&name);
                    matches!(last, "timeout" | "timeout_at")
                }),
            }
    })
}

/// The locals that a message is made of.
fn carried_by(program: &Program, value: ExprId) -> Vec<VariableId> {
    let mut found = Vec::new();
    for part in program.parts_of(value) {
        let ExprKind::Variable(variable) = *program.kind(part) else {
            continue;
        };
        found.push(variable);
        if let Init::Value(first) = program.variable(variable).init
            && !matches!(program.kind(first), ExprKind::MakeChannel(..))
        {
            let parts = program.parts_of(first).into_iter();
            found.extend(parts.filter_map(|part| program.variable_of(part)));
        }
    }
    found
}

fn end_of(program: &Program, send: StepId, id: VariableId) -> Option<End> {
    let variable = program.variable(id);
    if variable.kind != VariableKind::Local || variable.function != Some(program.function_of(send))
    {
        return None;
    }
    if let Init::Part(value, at) = variable.init {
        return Some(End::Part(value, at));
    }
    match *program.underlying(variable.ty) {
        Type::Channel(_, Direction::Send, _) => program
            .object_of_variable
            .get(id.index())
            .copied()
            .flatten()
            .map(End::Sender),
        _ => None,
    }
}

/// Whether a variable is the end that belongs to this one.
fn is_other(program: &Program, id: VariableId, end: End) -> bool {
    let variable = program.variable(id);
    match end {
        End::Part(of, at) => matches!(variable.init, Init::Part(value, other)
            if value == of && other != at),
        End::Sender(channel) => {
            matches!(
                program.underlying(variable.ty),
                Type::Channel(_, Direction::Receive, _)
            ) && program.object_of_variable.get(id.index()) == Some(&Some(channel))
        }
    }
}
