//! How long who asks waits for the answer: a function that sends a question through the queue and
//! waits a bounded time for what comes back.

use super::times::Time;
use crate::model::channels::{ArmKind, Source};
use crate::model::{Api, ExprId, FunctionId, ObjectId, Op, Program, StepId};
use std::collections::BTreeSet;

/// The only time that those who send on a channel wait for an answer.
pub(super) fn patience(program: &Program, channel: ObjectId) -> Option<Time> {
    let askers: BTreeSet<FunctionId> = program
        .object(channel)
        .sends
        .iter()
        .map(|&send| program.function_of(send))
        .collect();
    let mut found: Option<Time> = None;
    for asker in askers {
        let time = of_asker(program, channel, asker)?;
        let is_same = found.is_none_or(|known| known.nanoseconds == time.nanoseconds);
        found = is_same.then_some(time);
        found?;
    }
    found
}

/// How long one function waits, where it waits for something else than room.
fn of_asker(program: &Program, channel: ObjectId, asker: FunctionId) -> Option<Time> {
    let steps = program.steps_of(asker);
    let sends = program.object(channel).sends.iter().copied();
    let first = sends
        .filter(|&send| program.function_of(send) == asker)
        .min_by_key(|&send| program.span(send).start)?;
    let waits = |step: StepId| {
        matches!(*program.op(step), Op::Receive { channel: from, .. }
            if program.object_of(from) != Some(channel)
                && matches!(program.channel_source(from), Source::Object(_) | Source::Unknown))
            && program.span(step).start > program.span(first).start
    };
    if !steps.iter().any(|&step| waits(step)) {
        return None;
    }
    let limits = steps.iter().flat_map(|&step| match program.op(step) {
        Op::Call(call) if call.api == Api::ContextWithDeadline => program
            .list(call.args)
            .last()
            .copied()
            .into_iter()
            .collect(),
        Op::Select(_) if !has_send(program, step) => timers(program, step),
        _ => Vec::new(),
    });
    let mut times = limits.filter_map(|limit| {
        let nanoseconds = program.constant(limit)?.as_f64()?;
        (nanoseconds > 0.0).then_some(Time {
            nanoseconds,
            at: Some(program.expr(limit).span),
            is_named: false,
            is_patience: true,
        })
    });
    let only = times.next()?;
    times.next().is_none().then_some(only)
}

fn has_send(program: &Program, select: StepId) -> bool {
    program
        .arms(select)
        .iter()
        .any(|(_, kind)| *kind == ArmKind::Send)
}

/// The times after which a select goes on.
fn timers(program: &Program, select: StepId) -> Vec<ExprId> {
    let arms = program.arms(select);
    let timeouts = arms.iter().filter(|(_, kind)| *kind == ArmKind::Timeout);
    timeouts
        .filter_map(|(arm, _)| match *program.op(arm.communication?) {
            Op::Receive { channel, .. } => match program.channel_source(channel) {
                Source::Timer(time) => time,
                _ => None,
            },
            _ => None,
        })
        .collect()
}
