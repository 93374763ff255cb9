//! How long who asks waits for the answer: a function that sends a question through the queue and
//! waits a bounded time for what comes back.

use super::times::Time;
use crate::model::channels::{ArmKind, Source};
use crate::model::{Api, ExprId, FunctionId, ObjectId, Op, Program, StepId, Type};
use std::collections::BTreeSet;

/// The only time that those who send on a channel wait for an answer.
pub(super) fn patience(program: &Program, channel: ObjectId) -> Option<Time> {
    let queues = same(program, channel);
    let sends = queues
        .iter()
        .flat_map(|&queue| &program.object(queue).sends);
    let askers: BTreeSet<FunctionId> = sends.map(|&send| program.function_of(send)).collect();
    let mut found: Option<Time> = None;
    for asker in askers {
        let time = of_asker(program, &queues, asker)?;
        let is_same = found.is_none_or(|known| known.nanoseconds == time.nanoseconds);
        found = is_same.then_some(time);
        found?;
    }
    found
}

/// The queue, and where nobody in view sends on it what is handed around as a queue of the same
/// questions: `fn score(jobs: &Sender<Job>)`.
fn same(program: &Program, channel: ObjectId) -> Vec<ObjectId> {
    let asked = program.element_type(channel);
    let is_plain = !matches!(program.ty(asked), Type::Named(_));
    if !program.object(channel).sends.is_empty() || is_plain {
        return vec![channel];
    }
    let is_it = |&other: &ObjectId| {
        let object = program.object(other);
        object.makes.is_empty() && !object.sends.is_empty() && program.element_type(other) == asked
    };
    program.object_ids().filter(is_it).collect()
}

/// How long one function waits, where it waits for something else than room.
fn of_asker(program: &Program, queues: &[ObjectId], asker: FunctionId) -> Option<Time> {
    let steps = program.steps_of(asker);
    let sends = queues
        .iter()
        .flat_map(|&queue| program.object(queue).sends.iter().copied());
    let first = sends
        .filter(|&send| program.function_of(send) == asker)
        .min_by_key(|&send| program.span(send).start)?;
    let is_answer = |from: ExprId| {
        let object = program.object_of(from);
        object.is_none_or(|object| !queues.contains(&object))
            && matches!(
                program.channel_source(from),
                Source::Object(_) | Source::Unknown
            )
    };
    let waits = |step: StepId| {
        let is_later = program.span(step).start > program.span(first).start;
        is_later
            && match *program.op(step) {
                Op::Receive { channel, .. } => is_answer(channel),
                _ => limited(program, step).is_some_and(|(_, answer)| is_answer(answer)),
            }
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
        _ if waits(step) => limited(program, step).into_iter().map(|of| of.0).collect(),
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

/// `timeout(limit, answer)`: how long, and for what that a channel yields.
fn limited(program: &Program, step: StepId) -> Option<(ExprId, ExprId)> {
    let call = program.call(step)?;
    let name = program.callee_name(call.callee);
    let &[limit, answer] = program.list(call.args) else {
        return None;
    };
    let is_limit = name.rsplit('.').next() == Some("timeout");
    let is_channel = matches!(
        program.underlying(program.expr(answer).ty),
        Type::Channel(..)
    );
    (is_limit && is_channel).then_some((limit, answer))
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
