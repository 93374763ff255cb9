//! Form 3: the only sender can return without its close, and somebody waits for the end.

use super::runs_any;
use crate::model::paths::{ENOUGH, Mark, Trust};
use crate::model::{FunctionId, LoopKind, ObjectId, Op, Program, StepId};
use crate::rules::{Confidence, Findings};

pub(super) fn check(program: &Program, channel: ObjectId, findings: &mut Findings) {
    let object = program.object(channel);
    if let [close] = object.closes.as_slice() {
        close_skipped(program, channel, *close, findings);
    }
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
