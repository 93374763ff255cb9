//! The wait for a signal, or for the end of a context, behind which a stop begins.

use crate::model::channels::{ArmKind, Source};
use crate::model::flow::Exit;
use crate::model::{Api, ExprId, Library, Op, Owner, Program, StepId};
use crate::rules::signals;

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
                Op::Call(_) if !program.dominates(heard, step) => None,
                Op::Call(_) if program.serves_here(heard) => Some(SERVED),
                Op::Call(_) => lasts_until_the_end(program, heard).then_some(END),
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
    let Some(&last) = program.block(program.function(target).body).steps.last() else {
        return false;
    };
    let is_end = |exit: StepId| {
        program.ancestors(exit).any(|(select, owner)| {
            matches!((owner, program.op(select)), (Owner::Arm(_, arm), Op::Select(arms))
                if program.arm_kind(&arms[arm as usize]) == ArmKind::Done)
        })
    };
    let exits = program.loop_exits(last);
    program.is_endless(last)
        && !exits.is_empty()
        && exits
            .into_iter()
            .all(|(exit, how)| how != Exit::Away && is_end(exit))
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
