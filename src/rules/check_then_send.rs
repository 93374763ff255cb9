//! BP08: a channel's length is tested before a send that may block all the same.
//!
//! The test may stand in a variable or a helper; the send behind the test, in the branch it
//! guards, or in a function called there. With one producer alone the test holds.

use super::{Confidence, Findings, Level, Rule, Seam, Thresholds};
use crate::model::change::Change;
use crate::model::channels::Capacity;
use crate::model::producers::Producers;
use crate::model::{
    Api, BinaryOp, BlockId, Case, ExprId, ExprKind, FunctionId, Init, ObjectId, Op, Program,
    StepId, Type, VariableId,
};
use crate::source::Span;

pub(super) static RULE: Rule = Rule {
    code: "BP08",
    slug: "check-then-send",
    summary: "a channel's length is tested before a send that may block all the same",
    level: Level::Middle,
    seam: Seam::SendReceive,
    questions: &["Q2"],
    checklist: &["C5"],
    page: include_str!("../../rules/BP08-check-then-send/README.md"),
    check,
};

/// How deep a tested value is followed through variables and helpers.
const MAX_DEPTH: u32 = 4;

fn check(program: &Program, _thresholds: &Thresholds, findings: &mut Findings) {
    for step in program.step_ids() {
        match program.op(step) {
            Op::Branch {
                condition,
                then,
                otherwise,
            } => {
                let Some(channel) = measured(program, *condition, MAX_DEPTH) else {
                    continue;
                };
                let leaves = program.block_diverges(*then);
                let mut blocks = vec![*then];
                blocks.extend(*otherwise);
                let send = sent_in(program, channel, &blocks)
                    .or_else(|| leaves.then(|| sent_after(program, channel, step)).flatten())
                    .or_else(|| {
                        leaves
                            .then(|| sent_by_callers(program, channel, step))
                            .flatten()
                    });
                let blocks = [Some(*then), *otherwise].into_iter().flatten();
                let is_bound = is_bound_beside(program, *condition, channel, blocks);
                let anchor = program.span(step);
                say(program, step, anchor, channel, send, is_bound, findings);
            }
            Op::Switch { subject, cases } => {
                switched(program, step, *subject, cases, findings);
            }
            Op::Loop(l) => {
                // Variables are left out: a loop that counts is no wait for room.
                let tested = l
                    .condition()
                    .and_then(|condition| Some((condition, measured(program, condition, 1)?)));
                if let Some((condition, channel)) = tested {
                    let send = sent_in(program, channel, &[l.body])
                        .or_else(|| sent_after(program, channel, step));
                    let is_bound = is_bound_beside(program, condition, channel, [l.body]);
                    let anchor = program.span(step);
                    say(program, step, anchor, channel, send, is_bound, findings);
                }
            }
            _ => {}
        }
    }
}

/// A switch on how full a channel is: by its subject, or by what one of its cases asks.
fn switched(
    program: &Program,
    step: StepId,
    subject: Option<ExprId>,
    cases: &[Case],
    findings: &mut Findings,
) {
    let values = || cases.iter().flat_map(|case| program.list(case.values));
    let by_subject = subject
        .filter(|_| !asks_for_none_only(program, cases))
        .and_then(|subject| measured(program, subject, MAX_DEPTH));
    let by_case =
        || values().find_map(|&value| Some((value, measured(program, value, MAX_DEPTH)?)));
    let (channel, asked) = match by_subject {
        Some(channel) => (channel, program.span(step)),
        None => match by_case() {
            Some((value, channel)) => (channel, program.expr(value).span),
            None => return,
        },
    };
    let sends = cases.iter().find_map(|case| {
        let send = sent_in(program, channel, &[case.body])?;
        let first = program.list(case.values).first();
        Some((send, first.map_or(asked, |&value| program.expr(value).span)))
    });
    let leaves = || {
        let mut bodies = cases.iter().map(|case| case.body);
        bodies.any(|body| program.block_diverges(body))
    };
    let behind = || Some((sent_after(program, channel, step)?, asked));
    if let Some((send, anchor)) = sends.or_else(|| leaves().then(behind).flatten()) {
        say(program, step, anchor, channel, Some(send), false, findings);
    }
}

/// Whether all that the cases of a switch are for is that there is nothing.
fn asks_for_none_only(program: &Program, cases: &[Case]) -> bool {
    let mut asked = cases.iter().filter(|case| !case.is_default).peekable();
    asked.peek().is_some()
        && asked.all(|case| {
            let values = program.list(case.values);
            let is_none = |&value: &ExprId| program.constant_int(value) == Some(0);
            !values.is_empty() && values.iter().all(is_none)
        })
}

/// The channel of whose length a condition asks whether there is room, if it does.
fn measured(program: &Program, value: ExprId, depth: u32) -> Option<ObjectId> {
    let parts = program.parts_of(value);
    let asks_for_none = |of: ExprId| {
        parts.iter().any(|&part| match *program.kind(part) {
            ExprKind::Binary(operator, a, b) if operator.is_comparison() => {
                let is_it = |side: ExprId| matches!(*program.kind(side), ExprKind::Length(other) if other == of);
                let is_none = |side: ExprId| program.constant_int(side) == Some(0);
                is_it(a) && is_none(b) || is_it(b) && is_none(a)
            }
            _ => false,
        })
    };
    parts.iter().find_map(|&part| match *program.kind(part) {
        ExprKind::Length(of) => program.object_of(of).filter(|&object| {
            program.is_channel(object)
                && (!asks_for_none(of) || program.capacity(object) == Capacity::Known(1))
        }),
        ExprKind::Variable(variable) => match program.variable(variable).init {
            Init::Value(value) | Init::Part(value, 0) if !program.is_reassigned(variable) => {
                measured(program, value, depth.checked_sub(2)?)
            }
            _ => None,
        },
        ExprKind::Call(step) => {
            let target = program.call(step)?.target?;
            if let Some(channel) = admits(program, target, depth.checked_sub(1)?) {
                return Some(channel);
            }
            // A helper that only says how full the channel is.
            let steps = &program.block(program.function(target).body).steps;
            match steps[..] {
                [.., last] if steps.len() <= 4 => match *program.op(last) {
                    Op::Return(list) => {
                        measured(program, *program.list(list).first()?, depth.checked_sub(1)?)
                    }
                    _ => None,
                },
                _ => None,
            }
        }
        _ => None,
    })
}

/// The channel of whose length a function asks before it says yes or no, where it neither sends nor
/// keeps anything for who gets a yes: what is counted on behind the question holds a place.
fn admits(program: &Program, function: FunctionId, depth: u32) -> Option<ObjectId> {
    let facts = program.function(function);
    let says = facts
        .results
        .first()
        .map(|&result| program.underlying(result));
    if !matches!(says, Some(Type::Boolean | Type::Error)) {
        return None;
    }
    let steps = &program.block(facts.body).steps;
    let (at, channel) = steps.iter().enumerate().find_map(|(at, &step)| {
        let Op::Branch {
            condition, then, ..
        } = *program.op(step)
        else {
            return None;
        };
        let refuses = program.ends_in_return(then);
        refuses.then(|| Some((at, measured(program, condition, depth)?)))?
    })?;
    let keeps = |&step: &StepId| match program.op(step) {
        Op::Assign(assign) => program
            .list(assign.targets)
            .iter()
            .any(|&target| !matches!(program.kind(target), ExprKind::Variable(_))),
        Op::Call(call) => call.api != Api::Unlock(false) && call.api != Api::Log,
        Op::Return(_) => false,
        _ => true,
    };
    (!steps[at + 1..].iter().any(keeps)).then_some(channel)
}

/// Whether a test for room is joined with a bound on something else that the blocks behind it
/// fill: what is under way is kept below a number of its own, which may be what leaves room.
fn is_bound_beside(
    program: &Program,
    condition: ExprId,
    channel: ObjectId,
    blocks: impl IntoIterator<Item = BlockId>,
) -> bool {
    let mut joined = vec![condition];
    let mut others = Vec::new();
    while let Some(part) = joined.pop() {
        match *program.kind(part) {
            ExprKind::Binary(BinaryOp::And | BinaryOp::Or, a, b) => joined.extend([a, b]),
            ExprKind::Binary(operator, a, b) if operator.is_comparison() => {
                others.extend([(a, b), (b, a)]);
            }
            _ => {}
        }
    }
    let kept: Vec<VariableId> = others
        .into_iter()
        .filter(|&(_, limit)| program.constant_int(limit) != Some(0))
        .filter_map(|(side, _)| match *program.kind(side) {
            ExprKind::Length(of) if program.object_of(of) != Some(channel) => {
                program.variable_or_field(of)
            }
            _ => None,
        })
        .collect();
    !kept.is_empty()
        && blocks
            .into_iter()
            .flat_map(|block| program.steps_in(block))
            .filter_map(|step| match program.op(step) {
                Op::Assign(assign) => program.list(assign.targets).first().copied(),
                Op::Call(call) => call.receiver,
                _ => None,
            })
            .filter_map(|on| program.variable_or_field(on))
            .any(|on| kept.contains(&on))
}

/// A bare send on the channel in these blocks, or in a function that they call.
fn sent_in(program: &Program, channel: ObjectId, blocks: &[BlockId]) -> Option<StepId> {
    blocks
        .iter()
        .flat_map(|&block| program.steps_in(block))
        .find_map(|step| sent_by(program, channel, step))
}

/// A bare send on the channel behind a step, in the function.
fn sent_after(program: &Program, channel: ObjectId, step: StepId) -> Option<StepId> {
    program
        .after(step)
        .into_iter()
        .find_map(|step| sent_by(program, channel, step))
}

/// A bare send behind a call of the function that a test stands in, which picks where to send by
/// it: what says no more than yes or no is asked for where it is called.
fn sent_by_callers(program: &Program, channel: ObjectId, step: StepId) -> Option<StepId> {
    let picker = program.function_of(step);
    let facts = program.function(picker);
    let picks = facts.results.first().is_some_and(|&result| {
        matches!(
            program.underlying(result),
            Type::Pointer(_) | Type::Named(_) | Type::Channel(..) | Type::Integer(_)
        )
    });
    let sends_itself = program
        .object(channel)
        .sends
        .iter()
        .any(|&send| program.function_of(send) == picker);
    if !picks || sends_itself {
        return None;
    }
    program.callers[picker.index()]
        .iter()
        .filter(|&&call| program.call(call).is_some())
        .find_map(|&call| sent_after(program, channel, call))
}

fn sent_by(program: &Program, channel: ObjectId, step: StepId) -> Option<StepId> {
    match program.op(step) {
        Op::Send { .. } => {
            (program.channel_of(step) == Some(channel) && is_bare(program, step)).then_some(step)
        }
        Op::Call(call) => {
            let target = call.target?;
            program
                .object(channel)
                .sends
                .iter()
                .copied()
                .find(|&send| program.function_of(send) == target && is_bare(program, send))
        }
        _ => None,
    }
}

fn is_bare(program: &Program, send: StepId) -> bool {
    match program.select_of(send) {
        None => true,
        Some((select, _)) => program.arms(select).len() == 1,
    }
}

/// Whether one lock, taken for writing, covers the test and every send on the channel.
fn is_locked(program: &Program, test: StepId, channel: ObjectId) -> bool {
    program.held_at(test).iter().any(|held| {
        !held.reading
            && program.object(channel).sends.iter().all(|&send| {
                program
                    .held_at(send)
                    .iter()
                    .any(|other| other.lock == held.lock && !other.reading)
            })
    })
}

fn say(
    program: &Program,
    step: StepId,
    anchor: Span,
    channel: ObjectId,
    send: Option<StepId>,
    is_bound: bool,
    findings: &mut Findings,
) {
    let Some(send) = send else { return };
    if is_locked(program, step, channel) {
        return;
    }
    let confidence = match program.producers(channel) {
        Producers::One => return,
        Producers::Many if is_bound => Confidence::Medium,
        Producers::Many => Confidence::High,
        Producers::Unseen => Confidence::Medium,
    };
    let name = program.object_name(channel);
    let finding = findings.at(
        anchor,
        confidence,
        format!("tests the length of `{name}` before a send that can block all the same"),
    );
    finding
        .why(format!(
            "Between the test and the send another sender can take the room in `{name}`. The send then waits for a receiver, in code that was written so as not to wait."
        ))
        .fix("Let a select with a default do test and send in one step; or hold one lock over both in every sender. With exactly one sender the code is right as it is.")
        .about(name)
        .because(program.span(send), "the send that can block");
    finding.function = Some(program.function_of(step));
    if is_one_with_its_send(program, step, send) {
        let send = program.span(send);
        finding.suggest(program.span(step), Change::TryToSend { send });
    }
    let other = program
        .object(channel)
        .sends
        .iter()
        .copied()
        .find(|&other| other != send);
    if let Some(other) = other {
        finding.because(program.span(other), "another sender");
    }
}

/// Whether a test of the length against the capacity, and nothing else, decides on the send that
/// is the first thing behind it. Then one select does what both mean to do.
fn is_one_with_its_send(program: &Program, test: StepId, send: StepId) -> bool {
    let Op::Branch {
        condition,
        then,
        otherwise,
    } = *program.op(test)
    else {
        return false;
    };
    let ExprKind::Binary(operator, left, right) = *program.kind(condition) else {
        return false;
    };
    let (of, against) = (program.kind(left), program.kind(right));
    if !matches!((of, against), (ExprKind::Length(_), ExprKind::Capacity(_)))
        || program.select_of(send).is_some()
    {
        return false;
    }
    // In a select, a break would mean the select.
    let breaks = [Some(then), otherwise].into_iter().flatten().any(|block| {
        let steps = program.steps_in(block);
        steps
            .iter()
            .any(|&step| matches!(program.op(step), Op::Break(_) | Op::Gap))
    });
    let is_first = program.block(then).steps.first() == Some(&send);
    let is_next = {
        let steps = &program.block(program.step(test).block).steps;
        steps.get(program.step(test).index as usize + 1) == Some(&send)
    };
    let has_room = matches!(operator, BinaryOp::Less | BinaryOp::NotEqual);
    let is_full = matches!(operator, BinaryOp::Equal | BinaryOp::GreaterEqual);
    let refuses = otherwise.is_none() && program.block_diverges(then);
    !breaks && (has_room && is_first || is_full && refuses && is_next)
}
