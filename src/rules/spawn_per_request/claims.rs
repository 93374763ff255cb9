//! Tasks of which one at a time works: each asks first whether one is at it, or is kept under what
//! was asked for and only started where none is. And those of which there is one for each
//! connection, or for each thing of which the last part has come.

use super::super::handlers;
use super::answers::made_of;
use crate::model::{
    Api, Call, ExprId, ExprKind, FunctionId, Op, Owner, Program, StepId, Type, VariableId,
};

/// How many steps a task may do before it asks whether another one is at work.
const FIRST: usize = 4;

/// Whether a task ends at once when another one is at it: it begins by taking a flag, or does no
/// more than run what begins so.
pub(super) fn ends_when_taken(program: &Program, spawn: StepId) -> bool {
    let Some(task) = program.spawn(spawn).and_then(|spawn| spawn.target) else {
        return false;
    };
    begins_with_claim(program, task)
        || only_call_of(program, task).is_some_and(|run| begins_with_claim(program, run))
}

/// Whether a function leaves right at its beginning unless it gets a flag.
fn begins_with_claim(program: &Program, function: FunctionId) -> bool {
    let mut first = Vec::new();
    for &step in &program.block(program.function(function).body).steps {
        match program.op(step) {
            Op::Scope(inner) => first.extend(&program.block(*inner).steps),
            _ => first.push(step),
        }
        if first.len() >= FIRST {
            break;
        }
    }
    first.into_iter().take(FIRST).any(|step| {
        matches!(*program.op(step), Op::Branch { condition, then, .. }
            if program.block_diverges(then) && handlers::asks_for_flag(program, condition, function))
    })
}

/// The one function that a task runs, where all else that it does is to look at what that yields.
fn only_call_of(program: &Program, task: FunctionId) -> Option<FunctionId> {
    let calls: Vec<(StepId, &Call)> = program
        .steps_of(task)
        .into_iter()
        .filter_map(|step| Some((step, program.call(step)?)))
        .filter(|(_, call)| call.api == Api::Other)
        .collect();
    let &(first, run) = calls.first()?;
    let is_of_result = |on: ExprId| {
        let mut parts = program.parts_of(on).into_iter();
        parts.any(|part| *program.kind(part) == ExprKind::Call(first))
    };
    let rest_looks = calls[1..]
        .iter()
        .all(|(_, call)| call.target.is_none() && call.receiver.is_some_and(is_of_result));
    run.target.filter(|_| rest_looks)
}

/// Words in the names of what tells whether one is at work.
const AT_WORK: &[&str] = &[
    "flight", "running", "already", "progress", "pending", "active", "busy", "ongoing", "started",
];

/// Whether a task's handle is kept under what it was asked for, and the function leaves before
/// when one is said to be at work on that: there is one for each such thing, and it can be ended.
pub(super) fn is_kept_by_what_it_is_for(program: &Program, spawn: StepId) -> bool {
    let keys = keys_of_handle(program, spawn);
    let starter = program.function_of(spawn);
    !keys.is_empty()
        && handlers::conditions_before(program, spawn)
            .into_iter()
            .flat_map(|condition| program.parts_of(condition))
            .filter_map(|part| program.call_of(part))
            .any(|(_, call)| {
                let name = program.callee_name(call.callee).to_ascii_lowercase();
                AT_WORK.iter().any(|word| name.contains(word))
                    && program
                        .list(call.args)
                        .iter()
                        .copied()
                        .chain(call.receiver)
                        .flat_map(|part| program.parts_of(part))
                        .filter_map(|part| program.variable_of(part))
                        .flat_map(|variable| made_of(program, starter, variable))
                        .any(|variable| keys.contains(&variable))
            })
}

/// The variables that a task's handle is kept under: what is given along with it to a call.
fn keys_of_handle(program: &Program, spawn: StepId) -> Vec<VariableId> {
    let starter = program.function_of(spawn);
    let handle = program
        .spawn(spawn)
        .and_then(|spawn| spawn.group)
        .and_then(|group| program.variable_of(group));
    let Some(handle) = handle else {
        return Vec::new();
    };
    let is_handle = |value: ExprId| {
        program
            .parts_of(value)
            .into_iter()
            .filter_map(|part| program.variable_of(part))
            .any(|variable| made_of(program, starter, variable).contains(&handle))
    };
    program
        .after(spawn)
        .into_iter()
        .filter_map(|after| program.call(after))
        .filter(|call| call.api == Api::Other)
        .map(|call| program.list(call.args))
        .filter(|args| args.iter().any(|&arg| is_handle(arg)))
        .flat_map(|args| args.iter().filter(|&&arg| !is_handle(arg)))
        .flat_map(|&key| program.parts_of(key))
        .filter_map(|part| program.variable_of(part))
        .collect()
}

/// Words in the names of events which say that somebody has come who stays for a while.
const ARRIVALS: &[&str] = &[
    "session",
    "connect",
    "accepted",
    "handshake",
    "newpeer",
    "joined",
];
/// Words in the names of those which say that somebody has left.
const DEPARTURES: &[&str] = &["disconnect", "closed", "ended", "lost", "left", "failed"];

/// Whether a task is started only for events which say, by the name of their variant, that a
/// connection or a session has begun: there is one for each, as there is one for each accept.
pub(super) fn is_for_an_arrival(program: &Program, spawn: StepId) -> bool {
    let mut around = vec![program.step(spawn).block];
    around.extend(
        program
            .ancestors(spawn)
            .map(|(step, _)| program.step(step).block),
    );
    around
        .iter()
        .filter_map(|block| program.asked_for.get(block))
        .flatten()
        .any(|&name| {
            let name = program.text(name).to_ascii_lowercase();
            ARRIVALS.iter().any(|word| name.contains(word))
                && !DEPARTURES.iter().any(|word| name.contains(word))
        })
}

/// Who starts what it is handed for more callers than this does so for everybody.
const MANY: usize = 4;

/// Whether a task runs along what many callers hand in, a future or a function: what bounds the tasks is up to
/// each of those.
pub(super) fn starts_for_everybody(program: &Program, spawn: StepId) -> bool {
    let starter = program.outermost(program.function_of(spawn));
    let Some(given) = program.spawn(spawn).map(|spawn| program.list(spawn.args)) else {
        return false;
    };
    let is_work = |&given: &ExprId| {
        program.variable_of(given).is_some_and(|one| {
            let of = program.variable(one);
            program.function(starter).parameters.contains(&one)
                && matches!(
                    program.underlying(of.ty),
                    Type::Unknown | Type::Function(..)
                )
        })
    };
    program.callers[starter.index()].len() > MANY && given.iter().any(is_work)
}

/// What the names of calls say that ask whether the last of many parts has come.
const WHOLE: &[&str] = &["complete", "completed", "finished", "is_last", "islast"];

/// Whether a task is started only when what many requests add to is said to be whole: there is one
/// for each such thing, and not for each request.
pub(super) fn is_for_the_last_part(program: &Program, spawn: StepId) -> bool {
    program.ancestors(spawn).any(|(around, owner)| {
        let Op::Branch { condition, .. } = *program.op(around) else {
            return false;
        };
        let asked = program.call_of(condition).map(|(_, call)| call);
        matches!(owner, Owner::Then(_))
            && asked.is_some_and(|call| {
                let name = program.callee_name(call.callee).to_ascii_lowercase();
                call.receiver.is_some() && WHOLE.iter().any(|word| name.ends_with(word))
            })
    })
}
