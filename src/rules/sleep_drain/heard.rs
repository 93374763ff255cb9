//! The wait for a signal, or for the end of a context, behind which a stop begins.

use crate::model::channels::{ArmKind, Source};
use crate::model::flow::Exit;
use crate::model::{Api, ExprId, Library, ObjectId, Op, Owner, Program, StepId};
use crate::rules::signals;
use std::collections::BTreeSet;

const SIGNAL: &str = "the signal is heard here";
const SERVED: &str = "nobody is served any more when this is over";
const END: &str = "the end is heard here";

/// The wait for a signal or for the end of a context that stands before a step.
pub(super) fn heard_before(program: &Program, step: StepId) -> Option<(StepId, &'static str)> {
    for (outer, owner) in program.ancestors(step) {
        if let (Owner::Arm(_, arm), Op::Select(arms)) = (owner, program.op(outer))
            && let Some(heard) = arms[arm as usize].communication
            && let Op::Receive { channel, .. } = *program.op(heard)
            && ends_the_process(program, channel)
        {
            return Some((heard, SIGNAL));
        }
    }
    let function = program.function_of(step);
    program
        .before(step, function)
        .into_iter()
        .rev()
        .find_map(|heard| {
            match *program.op(heard) {
                Op::Receive { channel, .. } => {
                    let is_heard = match program.select_of(heard) {
                        Some((select, arm)) => {
                            program.dominates(select, step) && only_goes_on(program, select, arm)
                        }
                        None => program.dominates(heard, step),
                    };
                    is_heard.then(|| label(program, channel)).flatten()
                }
                Op::Call(_) | Op::Loop(_) if !program.dominates(heard, step) => None,
                Op::Call(_) if program.serves_here(heard) => Some(SERVED),
                Op::Call(_) => lasts_until_the_end(program, heard).then_some(END),
                Op::Loop(_) => {
                    let is_end = goes_on_until_the_end(program, heard)
                        || is_left_at_the_end(program, heard, &[Exit::Break]);
                    is_end.then_some(END)
                }
                _ => None,
            }
            .map(|label| (heard, label))
        })
}

fn label(program: &Program, channel: ExprId) -> Option<&'static str> {
    if ends_the_process(program, channel) {
        return Some(SIGNAL);
    }
    let is_end = !program.is_process_signal(channel)
        && matches!(program.channel_source(channel), Source::Done(Some(_)));
    is_end.then_some(END)
}

/// Whether the code behind a select runs only when one of its arms was chosen.
fn only_goes_on(program: &Program, select: StepId, arm: u32) -> bool {
    let mut arms = program.arms(select).into_iter().enumerate();
    arms.all(|(at, (of, _))| (at == arm as usize) != program.block_diverges(of.body))
}

/// Whether a call returns only when the context that it is handed has ended: all that leaves its
/// loop stands behind that end.
fn lasts_until_the_end(program: &Program, step: StepId) -> bool {
    let Some(call) = program.call(step) else {
        return false;
    };
    let is_told = program
        .list(call.args)
        .iter()
        .any(|&argument| program.library(program.expr(argument).ty) == Some(Library::Context));
    let Some(target) = call.target.filter(|_| is_told) else {
        return false;
    };
    let body = program.block(program.function(target).body);
    let last = body.steps.last();
    last.is_some_and(|&last| is_left_at_the_end(program, last, &[Exit::Break, Exit::Return]))
}

/// `for ctx.Err() == nil { … }`, `while !token.is_cancelled() { … }`
fn goes_on_until_the_end(program: &Program, looped: StepId) -> bool {
    let condition = program.op_loop(looped).and_then(|of| of.condition());
    let parts = condition.map_or(Vec::new(), |condition| program.parts_of(condition));
    parts.into_iter().any(|part| {
        program
            .call_of(part)
            .is_some_and(|(_, call)| call.api == Api::ContextErr)
    })
}

/// Whether an endless loop is left in these ways where an end was heard, and else only when
/// something fails or nothing more can come.
fn is_left_at_the_end(program: &Program, looped: StepId, ways: &[Exit]) -> bool {
    if !program.is_endless(looped) {
        return false;
    }
    let is_end = |exit: StepId| {
        program.ancestors(exit).any(|(select, owner)| {
            matches!((owner, program.op(select)), (Owner::Arm(_, arm), Op::Select(arms))
                if program.arm_kind(&arms[arm as usize]) == ArmKind::Done)
        })
    };
    let body = program.op_loop(looped).map(|of| of.body);
    let inner = body.map_or(Vec::new(), |body| program.steps_in(body));
    let taken = inner
        .into_iter()
        .filter_map(|step| program.channel_of(step));
    let sources: BTreeSet<ObjectId> = taken.collect();
    let is_over = |exit: StepId| {
        program.is_on_failure(exit)
            || sources
                .iter()
                .any(|&source| program.is_at_the_end(source, looped, exit))
    };
    let mut exits = program.loop_exits(looped);
    exits.retain(|(_, how)| ways.contains(how) || *how == Exit::Away);
    exits.iter().any(|&(exit, _)| is_end(exit))
        && exits
            .iter()
            .all(|&(exit, how)| how != Exit::Away && (is_end(exit) || is_over(exit)))
}

/// Whether a channel yields signals that ask the process to end: not those that ask it to show or
/// read something.
fn ends_the_process(program: &Program, channel: ExprId) -> bool {
    if !program.is_process_signal(channel) {
        return signals::asks_to_end(program, channel);
    }
    let Some(object) = program.object_of(channel) else {
        return true;
    };
    let mut asked = program
        .step_ids()
        .filter_map(|step| program.call(step))
        .filter(|call| call.api == Api::SignalNotify)
        .filter(|call| {
            program
                .list(call.args)
                .first()
                .is_some_and(|&of| program.object_of(of) == Some(object))
        })
        .map(|call| &program.list(call.args)[1..])
        .peekable();
    asked.peek().is_none()
        || asked.any(|asked| asked.is_empty() || signals::any_ends(program, asked))
}
