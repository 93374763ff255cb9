//! Form 7: where a send to nobody yields an error, a receiver that left and was not dropped.
//!
//! Whoever receives can give up, and the receiving end is kept in a field: it is neither there to
//! receive nor gone, so the task that sends is parked, at once or when the room is taken.

use super::{has_way_out, is_bare};
use crate::model::channels::Capacity;
use crate::model::flow::Exit;
use crate::model::{
    Direction, Discipline, ExprKind, FunctionId, NamedId, ObjectId, Op, Owner, Program, StepId,
    Type, VariableKind,
};
use crate::rules::{Confidence, Findings};

pub(super) fn check(program: &Program, channel: ObjectId, findings: &mut Findings) {
    if left_by_its_loop(program, channel, findings) {
        return;
    }
    let object = program.object(channel);
    let all_may_leave = object
        .receives
        .iter()
        .all(|&receive| is_of_kept(program, channel, receive) && has_way_out(program, receive));
    let has_room = match program.capacity(channel) {
        Capacity::Rendezvous => false,
        Capacity::Known(_) => true,
        _ => return,
    };
    if program.discipline(channel) != Discipline::Owned
        || !object.loops.is_empty()
        || !all_may_leave
    {
        return;
    }
    let all_leave = object.receives.iter().all(|&receive| {
        leaves(program, receive) && !has_room || stops_working(program, channel, receive)
    });
    let sure = match object.escapes {
        true => Confidence::Medium,
        false => Confidence::High,
    };
    for &send in &object.sends {
        if !is_bare(program, send) || has_room && !is_repeated(program, send) {
            continue;
        }
        let task = program.function_of(send);
        let home = program.outermost(task);
        let receiver = |is_it: &dyn Fn(StepId) -> bool| {
            let mut receives = object.receives.iter().copied();
            receives.find(|&receive| is_it(receive))
        };
        let asker = receiver(&|receive| program.function_of(receive) == home);
        let found = match asker.filter(|_| program.is_task(task) && !has_room) {
            Some(asker) => Some((asker, sure)),
            // Somebody may call what receives once more.
            None => receiver(&|receive| is_owned_with(program, channel, send, receive))
                .filter(|&receive| all_leave && !is_of_the_receiver(program, send, receive))
                .map(|receive| (receive, Confidence::Medium)),
        };
        if let Some((receive, confidence)) = found {
            say(program, channel, send, receive, confidence, findings);
        }
    }
}

/// A task that takes all until a failure ends it, of a receiving end that stays where the sender is
/// kept: no send fails, and nobody takes what is sent.
fn left_by_its_loop(program: &Program, channel: ObjectId, findings: &mut Findings) -> bool {
    let object = program.object(channel);
    let &[looped] = &object.loops[..] else {
        return false;
    };
    let waits = match program.capacity(channel) {
        Capacity::Rendezvous => true,
        Capacity::Known(room) => room < 1_000,
        _ => false,
    };
    let is_only_taker = waits
        && program.discipline(channel) == Discipline::Owned
        && object.takes().count() == 1
        && program
            .tasks_around(looped)
            .into_iter()
            .any(|task| program.is_task(task) && is_started_once(program, task));
    if !is_only_taker {
        return false;
    }
    let mut exits = program.loop_exits(looped).into_iter();
    let Some((failed, _)) = exits.find(|&(exit, _)| program.is_on_failure(exit)) else {
        return false;
    };
    let send = object.sends.iter().copied().find(|&send| {
        is_bare(program, send)
            && owner_of_end(program, send)
                .is_some_and(|owner| keeps_receiver(program, channel, owner))
    });
    let Some(send) = send else { return false };
    say(program, channel, send, failed, Confidence::Medium, findings);
    true
}

fn is_started_once(program: &Program, task: FunctionId) -> bool {
    let &[spawn] = program.spawned_at(task) else {
        return false;
    };
    program.enclosing_loop(spawn).is_none()
}

/// Whether a type keeps the receiving end of a channel in a field that is never emptied.
fn keeps_receiver(program: &Program, channel: ObjectId, owner: NamedId) -> bool {
    program.object(channel).variables.iter().any(|&variable| {
        let of = program.variable(variable);
        of.kind == VariableKind::Field(owner)
            && !program.optional.contains(&variable)
            && !program.moved.contains(&variable)
            && matches!(
                program.underlying(of.ty),
                Type::Channel(_, Direction::Receive, _)
            )
    })
}

/// The type of which a field is what a step sends on or receives from.
fn owner_of_end(program: &Program, step: StepId) -> Option<NamedId> {
    let (Op::Send { channel, .. } | Op::Receive { channel, .. }) = *program.op(step) else {
        return None;
    };
    let ExprKind::Field(_, field) = *program.kind(channel) else {
        return None;
    };
    match program.variable(field).kind {
        VariableKind::Field(owner) => Some(owner),
        _ => None,
    }
}

/// Whether whoever sends holds what the receiving end is a field of, or what it was cloned from:
/// that is there for as long as the send waits.
fn is_owned_with(program: &Program, channel: ObjectId, send: StepId, receive: StepId) -> bool {
    let Some(owner) = owner_of_end(program, send) else {
        return false;
    };
    match owner_of_end(program, receive) {
        Some(of) => of == owner,
        None => keeps_receiver(program, channel, owner),
    }
}

/// Whether whoever receives sends as well, as one does who puts back.
fn is_of_the_receiver(program: &Program, send: StepId, receive: StepId) -> bool {
    program
        .reach(program.function_of(receive))
        .contains(&program.function_of(send))
}

/// Whether another arm beside a receive in a loop leaves the function, or the loop: then nobody
/// receives again.
fn leaves(program: &Program, receive: StepId) -> bool {
    let Some((select, own)) = program.select_of(receive) else {
        return false;
    };
    let Some(looped) = program.enclosing_loop(select) else {
        return false;
    };
    let exits = program.loop_exits(looped);
    let is_in = |exit: StepId, arm: usize| {
        program.ancestors(exit).any(|(of, owner)| {
            of == select && matches!(owner, Owner::Arm(_, at) if at as usize == arm)
        })
    };
    program
        .arms(select)
        .iter()
        .enumerate()
        .any(|(at, (arm, _))| {
            at != own as usize
                && (program.ends_in_return(arm.body)
                    || exits
                        .iter()
                        .any(|&(exit, how)| how == Exit::Break && is_in(exit, at)))
        })
}

/// Whether a task that works off what it receives can end between two receives, or on another arm,
/// and leaves what is in the channel there.
fn stops_working(program: &Program, channel: ObjectId, receive: StepId) -> bool {
    let Some((select, own)) = program.select_of(receive) else {
        return false;
    };
    let (Some(looped), Some((taken, _))) = (
        program.enclosing_loop(select),
        program.arms(select).get(own as usize).copied(),
    ) else {
        return false;
    };
    let home = program.function_of(receive);
    let is_of_a_task = program.is_task(home)
        || program.callers[home.index()]
            .iter()
            .any(|&call| program.is_task(program.function_of(call)));
    let has_condition = matches!(program.op(looped), Op::Loop(l) if l.condition().is_some())
        && !program.is_endless(looped);
    let ends_before = |&(exit, _): &(StepId, _)| program.is_before(exit, select);
    let can_end = leaves(program, receive)
        || has_condition
        || program.loop_exits(looped).iter().any(ends_before);
    let takes_the_rest = program.object(channel).receives.iter().any(|&other| {
        other != receive
            && program.function_of(other) == home
            && program.enclosing_loop(other) != Some(looped)
    });
    is_of_a_task && can_end && !takes_the_rest && !program.ends_in_return(taken.body)
}

/// Whether a send comes again and again: in a loop, or for whoever calls.
fn is_repeated(program: &Program, send: StepId) -> bool {
    let is_in_loop = |step: StepId| program.enclosing_loop(step).is_some();
    let callers = &program.callers[program.function_of(send).index()];
    is_in_loop(send) || callers.is_empty() || callers.iter().any(|&call| is_in_loop(call))
}

/// Whether a receive is from what a field keeps, or from a copy of it: where several may receive,
/// a task has an end of its own, and the field lives on.
fn is_of_kept(program: &Program, channel: ObjectId, receive: StepId) -> bool {
    let Op::Receive { channel: from, .. } = *program.op(receive) else {
        return false;
    };
    let is_kept = || {
        let mut sends = program.object(channel).sends.iter();
        sends.any(|&send| {
            owner_of_end(program, send).is_some_and(|owner| keeps_receiver(program, channel, owner))
        })
    };
    match *program.kind(from) {
        ExprKind::Field(..) => true,
        ExprKind::Variable(_) => is_kept(),
        _ => false,
    }
}

fn say(
    program: &Program,
    channel: ObjectId,
    send: StepId,
    receive: StepId,
    confidence: Confidence,
    findings: &mut Findings,
) {
    let object = program.object(channel);
    let name = program.object_name(channel);
    let finding = findings.at(
        program.span(send),
        confidence,
        format!("waits to send on `{name}` after its receiver has given up"),
    );
    finding
        .why("A send yields an error once the receiving end is dropped. Here it is kept, and nobody receives from it: whoever sends is parked, until somebody else comes who takes what was not meant for him.")
        .fix("See to it that the receiving end is dropped by whoever gives up: make the channel for each call, or hand the end itself to the task and keep no copy. For one answer, room for it does as well.")
        .about(name);
    finding.function = Some(program.function_of(send));
    finding.because(program.span(receive), "the receiver can leave here");
    if let Some(&made) = object.makes.first() {
        let room = match program.capacity(channel) {
            Capacity::Rendezvous => "the channel has no room",
            _ => "the room that is taken once nobody receives",
        };
        finding.because(program.expr(made).span, room);
    }
}
