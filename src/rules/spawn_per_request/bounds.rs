//! What bounds the tasks of a spawn, or makes them something else than work per request.

use super::super::handlers;
use super::answers::made_of;
use super::claims;
use crate::model::channels::ArmKind;
use crate::model::{
    Api, ExprId, ExprKind, FunctionId, Init, Library, LoopKind, Op, Program, StepId, Type,
    VariableKind,
};

/// Whether the number of tasks that a spawn can leave behind has a bound in view.
pub(super) fn is_bounded(program: &Program, step: StepId, runners: &[FunctionId]) -> bool {
    is_of_limited_group(program, step)
        || handlers::happens_once(program, step)
        || handlers::is_counted(program, step)
        || handlers::carries_permit(program, step, runners)
        || keeps_leave(program, step)
        || program
            .join_of(step, runners)
            .is_some_and(|join| !is_only_at_the_end(program, step, join))
        || ends_something(program, step)
        || is_first_only(program, step)
        || claims::ends_when_taken(program, step)
        || asks_for_the_number(program, step)
}

/// Whether what waits for the task stands behind the loop in which each message is taken and
/// handed to the function that starts it: by then there are as many as there were messages.
fn is_only_at_the_end(program: &Program, spawn: StepId, join: StepId) -> bool {
    let starter = program.function_of(spawn);
    let joiner = program.function_of(join);
    // Who waits for one of them first, when there are many, starts no more than that.
    let group = program.spawn(spawn).and_then(|spawn| spawn.group);
    let set = group.and_then(|group| program.object_of(group));
    // One that a call makes for itself holds what that call starts.
    let is_kept = set.is_some_and(|set| {
        let mut places = program.object(set).variables.iter();
        places.any(|&one| matches!(program.variable(one).kind, VariableKind::Field(_)))
    });
    let waits_first = set.is_some_and(|set| {
        let reached = program.reach(starter);
        program.object(set).calls.iter().any(|&call| {
            let waits = program.call(call).is_some_and(|one| {
                program.callee_name(one.callee).ends_with("join_next")
                    && !program.callee_name(one.callee).contains("try_")
            });
            waits && reached.contains(&program.function_of(call))
        })
    });
    if waits_first {
        return false;
    }
    let mut calls = program.callers[starter.index()]
        .iter()
        .filter(|&&call| program.function_of(call) == joiner);
    is_kept
        && joiner != starter
        && calls.any(|&call| {
            let mut around = program.ancestors(call);
            around.any(|(step, _)| {
                program
                    .op_loop(step)
                    .is_some_and(|l| !matches!(l.kind, LoopKind::Over(_) | LoopKind::Counted(_)))
                    && !program.is_inside(join, step)
            })
        })
}

/// Names of what is handed out to as many as there is room for.
const LEAVES: &[&str] = &["permit", "slot", "lease", "ticket"];

/// Whether a task takes along what is called a permit and only keeps it until its end: `let _permit =
/// permit;`. Who hands it out may be out of view.
fn keeps_leave(program: &Program, step: StepId) -> bool {
    let Some(target) = program.spawn(step).and_then(|spawn| spawn.target) else {
        return false;
    };
    let name_of = |value: ExprId| {
        let variable = program.variable_of(value)?;
        Some(program.text(program.variable(variable).name))
    };
    // What waits for its permit only once it runs has been started all the same.
    let takes_from = |value: ExprId| {
        let semaphore = program.object_of(value);
        semaphore.is_some()
            && program.steps_of(target).into_iter().any(|inner| {
                program.call(inner).is_some_and(|call| {
                    matches!(call.api, Api::PermitAcquire(_) | Api::PermitTryAcquire)
                        && call.receiver.and_then(|on| program.object_of(on)) == semaphore
                })
            })
    };
    let keeps = |&inner: &StepId| {
        let Op::Assign(assign) = program.op(inner) else {
            return false;
        };
        program.assigned(assign).any(|(target, value)| {
            name_of(target).is_some_and(|name| name.starts_with('_') && name.len() > 1)
                && name_of(value).is_some_and(|name| LEAVES.iter().any(|of| name.contains(of)))
                && !takes_from(value)
        })
    };
    let body = program.function(target).body;
    program.has_owners && program.block(body).steps.iter().any(keeps)
}

/// Whether the task is only the first call's: what it runs stands under a `once`.
fn is_first_only(program: &Program, step: StepId) -> bool {
    let Some(spawn) = program.spawn(step) else {
        return false;
    };
    match *program.kind(spawn.callee) {
        ExprKind::Member(once, _) | ExprKind::Field(once, _) => {
            program.library(program.expr(once).ty) == Some(Library::Once)
        }
        _ => false,
    }
}

/// A group with a limit, or one of a kind that is not in view and may have one.
fn is_of_limited_group(program: &Program, step: StepId) -> bool {
    let Some(group) = program.spawn(step).and_then(|spawn| spawn.group) else {
        return false;
    };
    match program.library(program.expr(group).ty) {
        Some(Library::TaskGroup | Library::TaskSet) => {
            program.object_of(group).is_some_and(|object| {
                program.object(object).calls.iter().any(
                    |&call| matches!(program.call(call), Some(call) if call.api == Api::GroupLimit),
                )
            })
        }
        Some(Library::WaitGroup) => false,
        _ => true,
    }
}

/// A request that stops or closes something is answered before that is done.
pub(in crate::rules) fn ends_something(program: &Program, step: StepId) -> bool {
    let Some(spawn) = program.spawn(step) else {
        return false;
    };
    let name = program.callee_name(spawn.callee);
    if name == "panic"
        || is_ending(&name)
        || spawn.target.is_some_and(|target| {
            is_ending(program.text(program.function(target).name)) && !program.is_closure(target)
        })
    {
        return true;
    }
    let Some(target) = spawn.target else {
        return false;
    };
    let calls: Vec<_> = program
        .steps_of(target)
        .into_iter()
        .filter(|&inner| !program.is_deferred(inner))
        .filter_map(|inner| program.call(inner))
        .collect();
    let is_exit = calls.iter().any(|call| call.api == Api::Exit);
    let mut work = calls
        .iter()
        .filter(|call| matches!(call.api, Api::Other | Api::OnceDo))
        .map(|call| program.callee_name(call.callee));
    is_exit || work.next().is_some_and(|name| is_ending(&name))
}

/// Words in the names of what brings something to its end.
const ENDINGS: &[&str] = &[
    "close",
    "shutdown",
    "stop",
    "disconnect",
    "cleanup",
    "terminate",
    "restart",
    "kill",
];

pub(super) fn is_ending(name: &str) -> bool {
    let lower = name.to_ascii_lowercase();
    ENDINGS.iter().any(|word| lower.contains(word))
}

/// Whether the task serves others until it is told to stop.
pub(super) fn serves(program: &Program, step: StepId) -> bool {
    let Some(spawn) = program.spawn(step) else {
        return false;
    };
    let is_serving = |call: &crate::model::Call| {
        let name = program.callee_name(call.callee).to_ascii_lowercase();
        // What a request is upgraded to lives as long as its connection.
        let is_upgrade = name == "on" && program.show(call.callee).contains("upgrade");
        call.api == Api::Serve
            || is_upgrade
            || name.starts_with("serve")
            || name.starts_with("listen")
    };
    let name = program.callee_name(spawn.callee).to_ascii_lowercase();
    name.starts_with("serve")
        || name.starts_with("listen")
        || spawn.target.is_some_and(|target| {
            program
                .steps_of(target)
                .into_iter()
                .filter_map(|inner| program.call(inner))
                .any(is_serving)
        })
}

/// Whether the task first waits for something that lives on: a process, a session, a context.
pub(super) fn watches(program: &Program, step: StepId) -> bool {
    let spawned = program.spawn(step).and_then(|spawn| spawn.target);
    // A helper may start what it is handed.
    let handed = || {
        let mut given = program.list(program.call(step)?.args).iter();
        given.find_map(|&given| program.function_of_value(given))
    };
    let Some(target) = spawned.or_else(handed) else {
        return false;
    };
    let first = program
        .steps_of(target)
        .into_iter()
        .filter(|&inner| !program.is_deferred(inner))
        .find(|&inner| match program.op(inner) {
            Op::Call(call) => matches!(call.api, Api::Other | Api::GroupWait),
            Op::Receive { .. } | Op::Send { .. } => true,
            _ => false,
        });
    first.is_some_and(|first| match program.op(first) {
        _ if waits_for_an_end(program, first) => true,
        Op::Call(call) => program
            .callee_name(call.callee)
            .to_ascii_lowercase()
            .starts_with("wait"),
        Op::Receive { channel, .. } => program.is_done_source(*channel),
        _ => false,
    })
}

/// Whether a step stands in a select that only waits for an end or for a time.
fn waits_for_an_end(program: &Program, step: StepId) -> bool {
    let select = program.select_of(step).map(|(select, _)| select);
    let arms = select
        .map(|select| program.arms(select))
        .unwrap_or_default();
    let is_wait = |kind: ArmKind| matches!(kind, ArmKind::Done | ArmKind::Timeout);
    arms.iter().any(|(_, kind)| *kind == ArmKind::Done)
        && arms.iter().all(|(_, kind)| is_wait(*kind))
}

/// Whether an RPC method works on a stream and so stays as long as its client.
pub(super) fn is_streaming(program: &Program, root: FunctionId) -> bool {
    let function = program.function(root);
    function.results.len() == 1
        && function.parameters.iter().all(|&parameter| {
            program.library(program.variable(parameter).ty) != Some(Library::Context)
        })
}

/// Whether the task holds one end of what the function made in a pair, and the function works on
/// the other end: a pipe.
pub(super) fn shares_a_pair(program: &Program, step: StepId) -> bool {
    let starter = program.function_of(step);
    let of_task = program.mentioned_by_task(step);
    let ends: Vec<(crate::model::ExprId, u32)> = of_task
        .iter()
        .filter(|&&variable| {
            let of = program.variable(variable);
            of.kind == VariableKind::Local
                && of.function == Some(starter)
                && matches!(program.pointee(of.ty), Type::Unknown | Type::Foreign(..))
        })
        .filter_map(|&variable| match program.variable(variable).init {
            Init::Part(value, at) => Some((value, at)),
            _ => None,
        })
        .collect();
    if ends.is_empty() {
        return false;
    }
    program
        .after(step)
        .into_iter()
        .flat_map(|after| program.mentioned_by(after))
        .flat_map(|variable| made_of(program, starter, variable))
        .any(|variable| match program.variable(variable).init {
            Init::Part(value, at) => ends.iter().any(|&(pair, end)| {
                pair == value
                    && end != at
                    && matches!(
                        program.pointee(program.variable(variable).ty),
                        Type::Unknown | Type::Foreign(..)
                    )
                    && !program
                        .text(program.variable(variable).name)
                        .starts_with("err")
            }),
            _ => false,
        })
}

/// Whether the number of tasks in the process is asked before the spawn.
fn asks_for_the_number(program: &Program, step: StepId) -> bool {
    handlers::conditions_before(program, step)
        .into_iter()
        .flat_map(|condition| program.parts_of(condition))
        .any(|part| match *program.kind(part) {
            ExprKind::Call(call) => program
                .call(call)
                .is_some_and(|call| program.callee_name(call.callee) == "NumGoroutine"),
            _ => false,
        })
}

/// Whether the task is a loop that waits for work until it is told to stop.
pub(super) fn is_long_lived(program: &Program, step: StepId) -> bool {
    program.task_of(step).into_iter().take(3).any(|function| {
        program.steps_of(function).into_iter().any(|inner| {
            program.op_loop(inner).is_some_and(|l| {
                matches!(l.kind, LoopKind::Channel(_))
                    || program.is_endless(inner)
                        && program.steps_in(l.body).into_iter().any(|waits| {
                            matches!(program.op(waits), Op::Select(_) | Op::Receive { .. })
                                || matches!(program.call(waits), Some(call) if matches!(call.api, Api::MessageFetch | Api::Accept))
                        })
            })
        })
    })
}

/// Whether a handler takes the connection over, so that it goes on after the return.
pub(super) fn takes_over(program: &Program, root: FunctionId) -> bool {
    program.steps_of(root).into_iter().any(|step| {
        program.call(step).is_some_and(|call| {
            let name = program.callee_name(call.callee);
            matches!(name.as_str(), "Upgrade" | "Hijack" | "UpgradeHTTP")
                || matches!(name.as_str(), "upgrade" | "on_upgrade") && call.args.len >= 1
                || name == "Accept" && call.args.len >= 2
        })
    })
}

/// Whether the task tells the broker that the message is done, so that the broker's own limit on
/// open messages bounds the tasks.
pub(super) fn acknowledges(program: &Program, step: StepId) -> bool {
    program
        .task_of(step)
        .into_iter()
        .flat_map(|function| program.steps_of(function))
        .filter_map(|inner| program.call(inner))
        .any(|call| {
            let name = program.callee_name(call.callee).to_ascii_lowercase();
            [
                "ack",
                "nack",
                "nak",
                "term",
                "commit",
                "finish",
                "markmessage",
            ]
            .iter()
            .any(|known| name.starts_with(known))
        })
}

pub(super) fn waits_for_rate(program: &Program, step: StepId) -> bool {
    let function = program.function_of(step);
    program
        .before(step, function)
        .into_iter()
        .any(|before| matches!(program.call(before), Some(call) if call.api == Api::RateWait))
}
