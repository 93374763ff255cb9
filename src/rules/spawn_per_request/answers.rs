//! Tasks that live as long as what they serve: the answer that they fill, the connection or child
//! that they follow to its end.

use super::bounds::is_ending;
use crate::model::{
    Api, Call, Discipline, ExprKind, FunctionId, Init, ObjectId, Op, Owner, Program, StepId, Type,
    VariableId, VariableKind,
};

/// How often what a local was made of is asked.
const DEPTH: u32 = 3;

/// Whether a task fills a bounded channel that the function which starts it makes: the body of an
/// answer, which is read by the client and ends with it.
pub(super) fn feeds_answer(program: &Program, step: StepId) -> bool {
    let starter = program.function_of(step);
    let made_here = |channel: ObjectId| {
        program.discipline(channel) == Discipline::Owned
            && program
                .object(channel)
                .makes
                .iter()
                .any(|&made| program.function_at(program.expr(made).span) == Some(starter))
            && program.object(channel).takes().next().is_none()
    };
    program.has_owners
        && program
            .mentioned_by_task(step)
            .into_iter()
            .flat_map(|variable| made_of(program, starter, variable))
            .any(|variable| is_sender_of(program, variable).is_some_and(made_here))
}

/// The channel whose sending end a variable is.
fn is_sender_of(program: &Program, variable: VariableId) -> Option<ObjectId> {
    use crate::model::Direction;
    let is_receiver = matches!(
        program.underlying(program.variable(variable).ty),
        Type::Channel(_, Direction::Receive, _)
    );
    let object = program.object_of_variable.get(variable.index()).copied();
    object
        .flatten()
        .filter(|&object| !is_receiver && program.is_channel(object))
}

/// A local of a function, and the locals that it was made of: what wraps a sender carries it.
pub(super) fn made_of(
    program: &Program,
    function: FunctionId,
    variable: VariableId,
) -> Vec<VariableId> {
    let mut found = vec![variable];
    let mut from = 0;
    for _ in 0..DEPTH {
        let until = found.len();
        for at in from..until {
            let of = program.variable(found[at]);
            if of.kind == VariableKind::Local
                && of.function == Some(function)
                && let Init::Value(value) = of.init
            {
                let parts = program.parts_of(value).into_iter();
                found.extend(parts.filter_map(|part| program.variable_of(part)));
            }
        }
        from = until;
    }
    found.dedup();
    found
}

/// Whether a task does nothing but follow what it was handed to its end: it polls a future that
/// keeps a connection going, or logs what a child says. It ends when whoever started it lets go of
/// the other half, and gives back what it held then.
pub(super) fn only_drives(program: &Program, step: StepId) -> bool {
    let Some(spawn) = program.spawn(step).filter(|_| program.has_owners) else {
        return false;
    };
    let starter = program.function_of(step);
    match spawn.target {
        None => matches!(program.kind(spawn.callee), ExprKind::Variable(_)),
        Some(task) => program
            .steps_of(task)
            .into_iter()
            .all(|inner| match program.op(inner) {
                Op::Call(call) => {
                    matches!(
                        call.api,
                        Api::Log | Api::Pure | Api::Format | Api::Lock(_) | Api::Unlock(_)
                    ) || is_cleanup(program, call)
                        || is_read(program, call, starter)
                }
                Op::Send { .. } | Op::Receive { .. } | Op::Spawn(_) => false,
                Op::Loop(_) => reads_in(program, inner, starter),
                _ => true,
            }),
    }
}

/// Whether a task has nothing to wait for: it puts what it was handed into a channel that takes
/// any number, and does more only when nobody receives there any longer.
pub(super) fn only_passes_on(program: &Program, step: StepId) -> bool {
    let Some(task) = program.spawn(step).and_then(|spawn| spawn.target) else {
        return false;
    };
    let mut sends = false;
    let is_idle = program
        .steps_of(task)
        .into_iter()
        .filter(|&inner| !is_on_failure(program, inner))
        .all(|inner| match program.op(inner) {
            Op::Send { .. } => {
                sends = true;
                let channel = program.channel_of(inner);
                channel.is_some_and(|channel| !program.discipline(channel).waits())
            }
            Op::Call(call) => matches!(
                call.api,
                Api::Log | Api::Pure | Api::Format | Api::Lock(_) | Api::Unlock(_)
            ),
            Op::Receive { .. } | Op::Spawn(_) | Op::Loop(_) | Op::Select(_) => false,
            _ => true,
        });
    is_idle && sends
}

/// Whether a step runs only after a send that failed.
fn is_on_failure(program: &Program, step: StepId) -> bool {
    program.ancestors(step).any(|(around, owner)| {
        let Op::Branch { condition, .. } = *program.op(around) else {
            return false;
        };
        match (program.failure_test(condition), owner) {
            (Some(failed), Owner::Then(_)) => failed,
            (Some(failed), Owner::Else(_)) => !failed,
            _ => false,
        }
    })
}

/// Whether a call takes something out again that was put in for the time of a task.
fn is_cleanup(program: &Program, call: &Call) -> bool {
    let name = program.callee_name(call.callee).to_ascii_lowercase();
    let takes_out = || {
        ["remove", "unregister", "release", "upgrade"]
            .iter()
            .any(|start| name.starts_with(start))
    };
    call.api == Api::MapDelete || call.api == Api::Other && (takes_out() || is_ending(&name))
}

/// Whether a call reads the next piece from what the starter had: lines of a child's output.
fn is_read(program: &Program, call: &Call, starter: FunctionId) -> bool {
    let name = program.callee_name(call.callee).to_ascii_lowercase();
    let is_read = name == "lines"
        || ["next", "read"].iter().any(|start| name.starts_with(start))
        || matches!(call.api, Api::MessageFetch);
    let is_handed = |variable: VariableId| {
        let of = program.variable(variable);
        of.function == Some(starter)
            || matches!(of.init, Init::Value(value)
            if program.parts_of(value).into_iter().any(|part| {
                program.variable_of(part).is_some_and(|of| {
                    program.variable(of).function == Some(starter)
                })
            }))
    };
    is_read
        && call
            .receiver
            .and_then(|on| program.variable_of(on))
            .is_some_and(is_handed)
}

/// Whether a loop reads to an end.
fn reads_in(program: &Program, looped: StepId, starter: FunctionId) -> bool {
    program.op_loop(looped).is_some_and(|l| {
        program
            .steps_in(l.head)
            .into_iter()
            .chain(program.steps_in(l.body))
            .filter_map(|inner| program.call(inner))
            .any(|call| is_read(program, call, starter))
    })
}
