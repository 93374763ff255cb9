//! BP14: the full branch of a try-send starts a task that waits for room.
//!
//! 1. A spawned task sends on a channel and can wait there.
//! 2. The spawn stands where a send on the same channel has just failed: in the default of its
//!    select, behind a select whose send leaves, in the failing branch of a function that tries,
//!    or in the full branch of a test of its length; or in a function that is only called there.
//! 3. A task that a timer starts a little later is such a task too.
//! 4. A permit, a limited group or a join bounds the tasks: then it is something else.

use super::handlers;
use super::{Confidence, Findings, Level, Rule, Seam, Thresholds};
use crate::model::channels::ArmKind;
use crate::model::{
    Api, BinaryOp, BlockId, ExprId, ExprKind, FunctionId, Init, ObjectId, Op, Owner, Program,
    StepId, UnaryOp,
};

pub(super) static RULE: Rule = Rule {
    code: "BP14",
    slug: "overflow-spawn",
    summary: "the full branch of a try-send starts a task that waits for room",
    level: Level::Middle,
    seam: Seam::Buffer,
    questions: &["Q1"],
    checklist: &["C3"],
    page: include_str!("../../rules/BP14-overflow-spawn/README.md"),
    check,
};

/// How many calls may lie between the try that failed and the spawn.
const MAX_CALLS: u32 = 2;

/// Where a try failed, and the task's send.
struct Overflow {
    channel: ObjectId,
    failed: StepId,
    send: StepId,
}

/// Whether this rule says something about a spawn.
pub(super) fn is_overflow(program: &Program, spawn: StepId) -> bool {
    overflow(program, spawn).is_some()
}

fn check(program: &Program, _thresholds: &Thresholds, findings: &mut Findings) {
    for step in program.step_ids() {
        if program.spawn(step).is_none() && !is_timer(program, step) {
            continue;
        }
        let Some(found) = overflow(program, step) else {
            continue;
        };
        let name = program.object_name(found.channel);
        let finding = findings.at(
            program.span(step),
            Confidence::High,
            format!("when `{name}` is full, this starts a goroutine that waits for room"),
        );
        finding
            .why("The full queue said that the workers are behind, and the caller never hears it. Each further item becomes one more parked goroutine with its own stack: an unbounded queue, out of order, that no shut-down knows of.")
            .fix("Say no to the caller (an error, a status) when the queue is full; or wait in the caller, with its context; or drop and count, where an item may be lost.")
            .about(name);
        finding.function = Some(program.function_of(step));
        finding.because(program.span(found.failed), "the send that found no room");
        finding.because(
            program.span(found.send),
            "the goroutine waits for room here",
        );
    }
}

/// Whether a step has a timer start a task later: each holds its item until then, and after.
fn is_timer(program: &Program, step: StepId) -> bool {
    program
        .call(step)
        .is_some_and(|call| call.api == Api::TimerFunction)
}

fn overflow(program: &Program, spawn: StepId) -> Option<Overflow> {
    let sends = waiting_sends(program, spawn);
    if sends.is_empty() {
        return None;
    }
    let failed = failures_before(program, spawn, MAX_CALLS);
    let found = sends.iter().find_map(|&(channel, send)| {
        let &(_, failed) = failed.iter().find(|(tried, _)| *tried == channel)?;
        Some(Overflow {
            channel,
            failed,
            send,
        })
    })?;
    let is_bounded = handlers::carries_permit(program, spawn, &[])
        || handlers::is_counted(program, spawn)
        || handlers::happens_once(program, spawn)
        || is_waited_for(program, spawn, found.channel);
    (!is_bounded).then_some(found)
}

/// Whether somebody waits for the task itself, not for what it sends on the full channel.
fn is_waited_for(program: &Program, spawn: StepId, channel: ObjectId) -> bool {
    program
        .join_of(spawn, &[])
        .is_some_and(|join| program.channel_of(join) != Some(channel))
}

/// The sends of a task that can wait: bare, or in a select without default.
fn waiting_sends(program: &Program, spawn: StepId) -> Vec<(ObjectId, StepId)> {
    program
        .task_of(spawn)
        .into_iter()
        .flat_map(|function| program.steps_of(function))
        .filter(|&step| matches!(program.op(step), Op::Send { .. }) && !program.is_tried(step))
        .filter_map(|step| Some((program.channel_of(step)?, step)))
        .collect()
}

/// Channels on which a send has failed for want of room when a step runs, and where.
fn failures_before(program: &Program, step: StepId, calls: u32) -> Vec<(ObjectId, StepId)> {
    let mut found = Vec::new();
    let mut at = step;
    loop {
        let (block, index) = (program.step(at).block, program.step(at).index as usize);
        for &earlier in &program.block(block).steps[..index] {
            found.extend(failed_then_on(program, earlier));
        }
        let owner = program.block(block).owner;
        let Some(owning) = owner.step() else {
            found.extend(failures_before_calls(program, step, calls));
            return found;
        };
        match (owner, program.op(owning)) {
            (Owner::Arm(select, arm), Op::Select(arms)) => {
                let kind = program.arm_kind(&arms[arm as usize]);
                if matches!(kind, ArmKind::Default | ArmKind::Timeout) {
                    found.extend(sends_of(program, select));
                }
            }
            (Owner::Then(branch), Op::Branch { condition, .. }) => {
                found.extend(tried(program, *condition, true).map(|channel| (channel, branch)));
            }
            (Owner::Else(branch), Op::Branch { condition, .. }) => {
                found.extend(tried(program, *condition, false).map(|channel| (channel, branch)));
            }
            (Owner::Case(branch, case), &Op::Switch { subject, .. })
                if says_full(program, branch, case) =>
            {
                let tried = subject.and_then(|subject| tries(program, subject));
                found.extend(tried.map(|channel| (channel, branch)));
            }
            _ => {}
        }
        at = owning;
    }
}

/// Words in the names of answers that say that there was no room.
const FULL: &[&str] = &[
    "full", "room", "busy", "overflow", "crowded", "block", "later",
];

/// Whether a case of a switch is the one for no room: `Offer::NoRoom(item) => …`
fn says_full(program: &Program, switch: StepId, case: u32) -> bool {
    let Op::Switch { cases, .. } = program.op(switch) else {
        return false;
    };
    let case = &cases[case as usize];
    let says = |name: &str| {
        let name = name.to_ascii_lowercase();
        FULL.iter().any(|word| name.contains(word))
    };
    let mut named = program.asked_for.get(&case.body).into_iter().flatten();
    let mut values = program.list(case.values).iter();
    named.any(|&name| says(program.text(name))) || values.any(|&value| says(&program.show(value)))
}

/// Channels on which a send has failed wherever the function of a step is called.
fn failures_before_calls(program: &Program, step: StepId, calls: u32) -> Vec<(ObjectId, StepId)> {
    let function = program.function_of(step);
    let Some(calls) = calls.checked_sub(1) else {
        return Vec::new();
    };
    if program.function(function).is_value || program.is_task(function) {
        return Vec::new();
    }
    let mut callers = program.callers[function.index()].iter();
    let Some(&first) = callers.next() else {
        return Vec::new();
    };
    let mut found = failures_before(program, first, calls);
    for &caller in callers {
        if found.is_empty() {
            break;
        }
        let here = failures_before(program, caller, calls);
        found.retain(|(channel, _)| here.iter().any(|(other, _)| other == channel));
    }
    found
}

/// The channels that the send arms of a select try.
fn sends_of(program: &Program, select: StepId) -> Vec<(ObjectId, StepId)> {
    program
        .arms(select)
        .into_iter()
        .filter(|(_, kind)| *kind == ArmKind::Send)
        .filter_map(|(arm, _)| arm.communication)
        .filter_map(|send| Some((program.channel_of(send)?, send)))
        .collect()
}

/// Channels on which a send has failed when the code goes on behind a step: a select whose sends
/// leave while its default goes on, or a branch that leaves when it went well.
fn failed_then_on(program: &Program, step: StepId) -> Vec<(ObjectId, StepId)> {
    match program.op(step) {
        Op::Select(_) => {
            let arms = program.arms(step);
            let goes_on = |block: BlockId| !program.block_diverges(block);
            let only_failing = arms.iter().all(|(arm, kind)| {
                !goes_on(arm.body) || matches!(kind, ArmKind::Default | ArmKind::Timeout)
            });
            let fails = arms.iter().any(|(arm, kind)| {
                matches!(kind, ArmKind::Default | ArmKind::Timeout) && goes_on(arm.body)
            });
            if only_failing && fails {
                sends_of(program, step)
            } else {
                Vec::new()
            }
        }
        Op::Branch {
            condition,
            then,
            otherwise: None,
        } if program.block_diverges(*then) => tried(program, *condition, false)
            .map(|channel| (channel, step))
            .into_iter()
            .collect(),
        _ => Vec::new(),
    }
}

/// The channel that has no room when a condition holds (or does not): a try that failed, or a
/// length that has reached the capacity.
fn tried(program: &Program, condition: ExprId, holds: bool) -> Option<ObjectId> {
    match *program.kind(condition) {
        ExprKind::Unary(UnaryOp::Not, inner) => tried(program, inner, !holds),
        ExprKind::Binary(operator, left, right) => {
            if let ExprKind::Length(channel) = *program.kind(left) {
                let full = match operator {
                    BinaryOp::Equal | BinaryOp::GreaterEqual | BinaryOp::Greater => true,
                    BinaryOp::Less | BinaryOp::LessEqual | BinaryOp::NotEqual => false,
                    _ => return None,
                };
                return (full == holds)
                    .then(|| program.object_of(channel))
                    .flatten();
            }
            let failed = program.failure_test(condition)?;
            if failed != holds {
                return None;
            }
            [left, right]
                .into_iter()
                .find_map(|side| tries(program, side))
        }
        ExprKind::Call(_) | ExprKind::Variable(_) => {
            (!holds).then(|| tries(program, condition)).flatten()
        }
        _ => None,
    }
}

/// The channel that a value tells about: what a call returned that tries to send on it.
fn tries(program: &Program, value: ExprId) -> Option<ObjectId> {
    let value = match *program.kind(value) {
        ExprKind::Variable(variable) => match program.variable(variable).init {
            Init::Value(value) | Init::Part(value, _) => value,
            _ => return None,
        },
        _ => value,
    };
    let (_, call) = program.call_of(value)?;
    try_channel(program, call.target?)
}

/// The channel that a function tries to send on without waiting.
fn try_channel(program: &Program, function: FunctionId) -> Option<ObjectId> {
    program.steps_of(function).into_iter().find_map(|step| {
        let (select, _) = program.select_of(step)?;
        (matches!(program.op(step), Op::Send { .. }) && program.has_default(select))
            .then(|| program.channel_of(step))
            .flatten()
    })
}
