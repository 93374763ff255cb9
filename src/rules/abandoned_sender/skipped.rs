//! Form 3: the only sender can end without a send or close, and somebody waits for it.

use super::{Home, is_bare, runs_any};
use crate::model::paths::{ENOUGH, Mark, Trust, Way};
use crate::model::{FunctionId, LoopKind, ObjectId, Op, Program, StepId};
use crate::rules::{Confidence, Findings};

pub(super) fn check(program: &Program, channel: ObjectId, home: &Home, findings: &mut Findings) {
    let object = program.object(channel);
    if object.escapes {
        return;
    }
    if let [close] = object.closes.as_slice() {
        close_skipped(program, channel, *close, findings);
    }
    value_skipped(program, channel, home, findings);
}

/// A bare receive whose only sender, a task started in the same function, may end without
/// sending or closing.
fn value_skipped(program: &Program, channel: ObjectId, home: &Home, findings: &mut Findings) {
    let object = program.object(channel);
    let Some(&receive) = object.receives.iter().find(|&&receive| {
        program.function_of(receive) == home.function && is_bare(program, receive)
    }) else {
        return;
    };
    if object
        .receives
        .iter()
        .any(|&other| !is_bare(program, other))
        || !object.loops.is_empty()
    {
        return;
    }
    let givers: Vec<StepId> = object.sends.iter().chain(&object.closes).copied().collect();
    let functions = super::functions_of(program, &givers);
    let mut tasks =
        program
            .steps_in(home.block)
            .into_iter()
            .filter_map(|step| match program.op(step) {
                Op::Spawn(spawn) => spawn
                    .target
                    .filter(|&target| runs_any(program, target, &functions))
                    .map(|target| (step, target)),
                _ => None,
            });
    let (Some((spawn, task)), None) = (tasks.next(), tasks.next()) else {
        return;
    };
    let own = program.reach(task);
    if functions.iter().any(|function| !own.contains(function))
        || !program.dominates(spawn, receive)
    {
        return;
    }
    let ways = program.ways_out(program.function(task).body, true, Trust::Nothing, &|step| {
        giving(program, channel, step, task, &functions)
    });
    let Some(way) = ways.iter().find(|way| way.count == 0) else {
        return;
    };
    if way.exit.is_none() && way.turn.is_none() && !ways.iter().any(|way| way.count > 0) {
        return;
    }
    say_value(program, channel, receive, task, way, findings);
}

fn giving(
    program: &Program,
    channel: ObjectId,
    step: StepId,
    task: FunctionId,
    functions: &rustc_hash::FxHashSet<FunctionId>,
) -> Mark {
    match program.op(step) {
        Op::Send { .. } if program.channel_of(step) == Some(channel) => Mark::Once,
        Op::Close { .. } if program.channel_of(step) == Some(channel) => Mark::Enough,
        Op::Call(call) => {
            let runs = call
                .target
                .is_some_and(|target| target != task && runs_any(program, target, functions))
                || program.list(call.args).iter().any(|&argument| {
                    matches!(*program.kind(argument), crate::model::ExprKind::Closure(closure)
                        if runs_any(program, closure, functions))
                });
            if runs { Mark::Enough } else { Mark::Nothing }
        }
        Op::Spawn(spawn) => match spawn.target {
            Some(target) if runs_any(program, target, functions) => Mark::Enough,
            _ => Mark::Nothing,
        },
        _ => Mark::Nothing,
    }
}

fn say_value(
    program: &Program,
    channel: ObjectId,
    receive: StepId,
    task: FunctionId,
    way: &Way,
    findings: &mut Findings,
) {
    let name = program.object_name(channel);
    let confidence = match (way.exit, way.turn) {
        (Some(_), None) => Confidence::High,
        _ => Confidence::Medium,
    };
    let finding = findings.at(
        program.span(receive),
        confidence,
        format!("waits for a value of `{name}`, which its only sender can skip"),
    );
    finding
        .why(format!(
            "When the sending task leaves by its other way, it neither sends on `{name}` nor closes it. This receive then waits for ever, and with it whoever waits for this function."
        ))
        .fix(format!(
            "Send on every path, with the error in the same value, or begin the task with a deferred close of `{name}` and ask whether a value came."
        ))
        .about(name.clone());
    finding.function = Some(program.function_of(receive));
    if let Some(turn) = way.turn {
        finding.because(turn, "the sender may turn off here");
    }
    match way.exit {
        Some(exit) => finding.because(
            program.span(exit),
            format!("and leaves here without a send on `{name}`"),
        ),
        None => finding.because(
            program.function(task).head,
            "this task can reach its end without a send",
        ),
    };
}

/// A range whose only close is not reached when the closing function returns early.
fn close_skipped(program: &Program, channel: ObjectId, close: StepId, findings: &mut Findings) {
    let object = program.object(channel);
    let Some(&ranged) = object.loops.first() else {
        return;
    };
    let closer = program.function_of(close);
    if program.runs_deferred(close)
        || program.function_of(ranged) == closer
        || super::ends_process(program, closer)
    {
        return;
    }
    let sends = object
        .sends
        .iter()
        .any(|&send| program.function_of(send) == closer);
    if !sends || program.loop_exits(ranged).iter().any(|_| true) {
        return;
    }
    let ranger = program.function_of(ranged);
    let rangers = [ranger].into_iter().collect();
    let starts = |step: StepId| {
        matches!(program.op(step), Op::Spawn(spawn)
            if spawn.target.is_some_and(|target| runs_any(program, target, &rangers)))
    };
    let spawns = program.steps_of(closer).into_iter().any(starts);
    let closes_first = |step: StepId| starts(step) && program.is_before(close, step);
    if program.steps_of(closer).into_iter().any(closes_first) {
        // All is in the channel, and it is closed, before anybody ranges over it.
        return;
    }
    let ways = program.ways_out(
        program.function(closer).body,
        !spawns,
        Trust::Conditions,
        &|step| match program.op(step) {
            Op::Close { .. } if program.channel_of(step) == Some(channel) => Mark::Enough,
            Op::Spawn(_) if starts(step) => Mark::Start,
            // One channel of many: the loop closes them all.
            Op::Loop(l) if program.steps_in(l.body).contains(&close) => Mark::Enough,
            Op::Call(call)
                if program.list(call.args).iter().any(|&argument| {
                    matches!(*program.kind(argument), crate::model::ExprKind::Closure(closure)
                    if program.reach(closure).contains(&program.function_of(close)))
                }) =>
            {
                Mark::Enough
            }
            _ => Mark::Nothing,
        },
    );
    let may_not_run = !spawns && is_started_on_a_condition(program, ranger);
    let Some(exit) = ways
        .iter()
        .find(|way| way.count != ENOUGH)
        .and_then(|way| way.exit)
        .filter(|&exit| !may_not_run || is_after_an_error(program, exit))
    else {
        return;
    };
    say_close(program, channel, ranged, close, exit, findings);
}

/// A loop that is started on a condition and a closer that returns on one: perhaps the same.
fn is_started_on_a_condition(program: &Program, ranger: FunctionId) -> bool {
    program.spawned_at(ranger).iter().all(|&spawn| {
        program
            .ancestors(spawn)
            .any(|(step, _)| matches!(program.op(step), Op::Branch { .. }))
    })
}

fn is_after_an_error(program: &Program, exit: StepId) -> bool {
    program
        .ancestors(exit)
        .any(|(step, _)| match program.op(step) {
            Op::Branch { condition, .. } => program
                .parts_of(*condition)
                .into_iter()
                .any(|part| program.is_error(part)),
            _ => false,
        })
}

fn say_close(
    program: &Program,
    channel: ObjectId,
    ranged: StepId,
    close: StepId,
    exit: StepId,
    findings: &mut Findings,
) {
    let name = program.object_name(channel);
    let at = match program.op(ranged) {
        Op::Loop(l) => match l.kind {
            LoopKind::Channel(_) => program.span(ranged),
            _ => return,
        },
        _ => return,
    };
    let finding = findings.at(
        at,
        Confidence::High,
        format!("ranges over `{name}`, whose sender can return without closing it"),
    );
    finding
        .why(format!(
            "On the early return `{name}` stays open and nobody sends on it any more. This loop waits for ever, and so does whoever waits for the loop."
        ))
        .fix(format!("Close `{name}` in a defer of the function that sends, so that every return closes it."))
        .about(name.clone());
    finding.function = Some(program.function_of(ranged));
    finding.because(program.span(exit), "returns here, before the close");
    finding.because(program.span(close), "the only close");
}
