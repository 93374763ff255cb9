//! A receiver that may leave before its channel has ended, while a sender takes that for impossible:
//! it has had enough, or what it does with an item has failed.

use super::{Confidence, Findings};
use crate::model::channels::ArmKind;
use crate::model::flow::Exit;
use crate::model::tasks::starts_tasks;
use crate::model::{
    Api, Direction, Discipline, ExprId, FunctionId, LoopKind, ObjectId, Op, Owner, Program, StepId,
    Type, VariableKind,
};

/// Says where the loop of the only receiver is left early, and its end is gone with it.
pub(super) fn check(program: &Program, channel: ObjectId, findings: &mut Findings) {
    let object = program.object(channel);
    let unwinds = |&&send: &&StepId| program.unwinding.contains(&send);
    if !object.sends.iter().any(|send| unwinds(&send))
        || !object.closes.is_empty()
        || !matches!(
            program.discipline(channel),
            Discipline::Owned | Discipline::Unbounded
        )
    {
        return;
    }
    let Some((looped, exit, has_failed)) = left(program, channel) else {
        return;
    };
    let receiver = program.function_of(looped);
    let goes_on = |&&send: &&StepId| {
        let sender = program.function_of(send);
        let outer = program.outermost(sender);
        sender != receiver
            && !program.function(outer).is_test
            && !is_kept_by_a_library(program, sender)
            && (has_failed || program.enclosing_loop(send).is_some())
    };
    let Some(&send) = object.sends.iter().filter(unwinds).find(goes_on) else {
        return;
    };
    let place = program.span(exit);
    if findings.has_at(place) {
        return;
    }
    let name = program.object_name(channel);
    let finding = findings.at(
        place,
        Confidence::Medium,
        format!("stops receiving from `{name}` before it has ended, and a sender panics on that"),
    );
    finding
        .why("With this loop the receiving end is gone. A sender that is still at work gets an error from its next send, and here takes that for impossible: it panics in the middle of its work.")
        .fix("Let the sender return when the send fails; it is how the receiver says that nobody wants more. Or receive on until the channel has ended, and throw away what is not wanted.")
        .about(name);
    finding.function = Some(receiver);
    finding.because(
        program.span(send),
        "this send panics when nobody receives any more",
    );
}

/// The loop of the only receiver, a step that leaves it early, and whether that is on a failure.
fn left(program: &Program, channel: ObjectId) -> Option<(StepId, StepId, bool)> {
    let object = program.object(channel);
    let mut takes = object.takes();
    let take = takes.next()?;
    let home = program.function_of(take);
    let looped = match program.op(take) {
        Op::Loop(_) => take,
        _ => program.enclosing_loop(take)?,
    };
    let is_alone =
        takes.all(|other| program.function_of(other) == home && program.is_inside(other, looped));
    let is_kept_elsewhere = program.alone.copied.iter().any(|&end| {
        program.object_of(end) == Some(channel)
            && matches!(
                program.underlying(program.expr(end).ty),
                Type::Channel(_, Direction::Receive, _)
            )
    });
    if !is_alone
        || is_kept_elsewhere
        || program.is_many(home)
        || program.is_program_entry(program.outermost(home))
        || program.function(program.outermost(home)).is_test
        || program.enclosing_loop(looped).is_some()
        || !owns(program, home, take)
        || is_behind_a_wait_for_tasks(program, looped)
    {
        return None;
    }
    let mut exits = program.loop_exits(looped).into_iter();
    exits.find_map(|(exit, how)| {
        let is_early = how != Exit::Away
            && !program.is_at_the_end(channel, looped, exit)
            && !is_told(program, looped, exit);
        is_early.then(|| (looped, exit, program.is_on_failure(exit)))
    })
}

/// Whether whoever receives has waited for tasks before: those who send may have ended.
fn is_behind_a_wait_for_tasks(program: &Program, looped: StepId) -> bool {
    let waits = |&step: &StepId| {
        program
            .call(step)
            .is_some_and(|call| matches!(call.api, Api::GroupWait))
    };
    let steps = program.steps_of(program.function_of(looped)).into_iter();
    let mut waits = steps.filter(waits);
    waits.any(|wait| program.span(wait).end <= program.span(looped).start)
}

/// Whether a closure is kept by what is out of view, as a watcher does, and called while that is
/// there: it may be gone before the receiver.
fn is_kept_by_a_library(program: &Program, sender: FunctionId) -> bool {
    let handed = program.handed_to(sender);
    !handed.is_empty()
        && !handed.iter().any(|&to| {
            let call = program.call(to);
            call.is_some_and(|call| {
                call.target.is_some() || starts_tasks(&program.callee_name(call.callee))
            })
        })
}

/// Whether a function has the receiving end for itself, so that it goes when the function is left.
fn owns(program: &Program, home: FunctionId, take: StepId) -> bool {
    let end: Option<ExprId> = match *program.op(take) {
        Op::Receive { channel, .. } => Some(channel),
        Op::Loop(ref l) => match l.kind {
            LoopKind::Channel(over) | LoopKind::Over(over) => Some(over),
            _ => None,
        },
        _ => None,
    };
    let Some(variable) = end.and_then(|end| program.variable_of(end)) else {
        return false;
    };
    let of = program.variable(variable);
    matches!(of.kind, VariableKind::Local | VariableKind::Parameter)
        && !matches!(program.ty(of.ty), Type::Pointer(_))
        && (of.function == Some(home) || program.is_task(home))
}

/// Whether a loop is left because an item or a signal says so: whoever sends that knows.
fn is_told(program: &Program, looped: StepId, exit: StepId) -> bool {
    let is_asked = |step: StepId| program.asked_for.contains_key(&program.step(step).block);
    is_asked(exit)
        || program
            .ancestors(exit)
            .take_while(|&(around, _)| around != looped)
            .any(|(around, owner)| {
                let in_arm = matches!(owner, Owner::Arm(_, arm)
                    if program.arms(around).get(arm as usize)
                        .is_some_and(|(_, kind)| *kind != ArmKind::Receive));
                in_arm || is_asked(around)
            })
}
