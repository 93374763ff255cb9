//! Waits under a lock that look worse than they are.

use crate::model::channels::{ArmKind, Capacity};
use crate::model::{
    Api, Direction, ExprId, Init, ObjectId, Op, Owner, Program, StepId, Type, VariableId,
    VariableKind,
};
use crate::rules::waits::{Wait, WaitKind};

/// Whether a channel is a lock of its own: every function that takes from it also gives back.
/// Then nobody works while the other waits; it is one lock taken inside another.
pub(super) fn is_baton(program: &Program, channel: ObjectId) -> bool {
    let object = program.object(channel);
    let home = |step: StepId| program.outermost(program.function_of(step));
    let gives_back = |taken: StepId| {
        let back = |&sent: &StepId| home(sent) == home(taken) && program.select_of(sent).is_none();
        // The last one to take it throws it away.
        object.sends.iter().any(back)
            || object
                .closes
                .iter()
                .any(|&close| home(close) == home(taken))
    };
    program.capacity(channel) != Capacity::Rendezvous
        && !object.receives.is_empty()
        && object.loops.is_empty()
        && object.receives.iter().all(|&taken| gives_back(taken))
}

/// More room than this is hardly ever used up while one lock is held.
const MUCH: u64 = 1000;

/// Whether a channel has more room than is used up while one lock is held.
pub(super) fn has_much_room(program: &Program, wait: &Wait) -> bool {
    wait.channel
        .is_some_and(|of| matches!(program.capacity(of), Capacity::Known(room) if room >= MUCH))
}

/// Whether a send with room will hardly ever wait: made once under its lock it is a slot for one
/// answer or a word that is said at most once. A loop of sends fills a small buffer, unless it
/// turns to another channel each time; and so do the calls of all who send where somebody takes
/// one item after the other, as from a queue.
pub(super) fn fits(program: &Program, channel: ObjectId, send: StepId) -> bool {
    let is_small = matches!(program.capacity(channel), Capacity::Known(room) if room < MUCH);
    let is_alone = || {
        program
            .enclosing_loop(send)
            .is_none_or(|looped| is_another_each_turn(program, send, looped))
    };
    !is_small || !is_queue(program, channel) && is_alone()
}

/// Whether somebody takes one item after the other: not a word that something has happened, nor
/// an answer, after which nothing more is taken.
fn is_queue(program: &Program, channel: ObjectId) -> bool {
    let goes_on = |take: StepId| {
        let Some(looped) = program.enclosing_loop(take) else {
            return matches!(program.op(take), Op::Loop(_));
        };
        let leaves = match program.select_of(take) {
            Some((select, own)) => program
                .arms(select)
                .get(own as usize)
                .is_some_and(|(arm, _)| program.block_diverges(arm.body)),
            None => program.leaves_loop(take, looped),
        };
        !leaves
    };
    !program.carries_nothing(channel) && program.object(channel).takes().any(goes_on)
}

/// Whether a channel that a value or a collection keeps is emptied by somebody who goes on and
/// on: no slot for an answer, whatever room it has.
pub(super) fn is_kept_queue(program: &Program, channel: ObjectId) -> bool {
    let object = program.object(channel);
    let mut variables = object.variables.iter();
    let is_kept = |&variable: &VariableId| {
        let of = program.variable(variable);
        matches!(of.kind, VariableKind::Field(_) | VariableKind::Global)
            || matches!(of.init, Init::Element(_))
    };
    variables.any(is_kept) && is_queue(program, channel)
}

/// Whether the channel of a send is named by way of what the loop around it declares.
fn is_another_each_turn(program: &Program, send: StepId, looped: StepId) -> bool {
    let around = program.span(looped);
    let channels = match *program.op(send) {
        Op::Send { channel, .. } => vec![channel],
        _ => program
            .arms(send)
            .iter()
            .filter_map(|(arm, _)| match *program.op(arm.communication?) {
                Op::Send { channel, .. } => Some(channel),
                _ => None,
            })
            .collect(),
    };
    !channels.is_empty()
        && channels.into_iter().all(|channel| {
            program.parts_of(channel).into_iter().any(|part| {
                program
                    .variable_of(part)
                    .map(|variable| program.variable(variable))
                    .is_some_and(|it| it.function.is_some() && around.contains(it.span))
            })
        })
}

/// Whether a lock holds nothing but the sending end that is sent on under it: who else takes it
/// sends too, or ends the sending, and would wait for room or for that send all the same.
pub(super) fn is_lock_of_sender(program: &Program, wait: &Wait, lock: ObjectId) -> bool {
    let holds_a_sender = |&variable: &VariableId| {
        let ty = program.variable(variable).ty;
        program.lock_around(ty).is_some()
            && matches!(program.underlying(ty), Type::Channel(_, Direction::Send, _))
    };
    wait.kind == WaitKind::Send
        && wait.channel == Some(lock)
        && program.object(lock).variables.iter().any(holds_a_sender)
}

/// Whether a channel counts permits: nothing is in them, there are several, and whoever takes one
/// out gives back what was put in before.
pub(super) fn is_permit(program: &Program, channel: ObjectId) -> bool {
    let has_several = match program.capacity(channel) {
        Capacity::Known(room) => room > 1,
        Capacity::Computed(_) => true,
        _ => false,
    };
    has_several && program.carries_nothing(channel) && program.object(channel).loops.is_empty()
}

/// Whether the channel's length was tested first, under the lock: for a send, whose other side
/// only makes more room; for a receive, when nobody else takes anything without the lock.
pub(super) fn is_measured(
    program: &Program,
    wait: &Wait,
    on_the_way: [StepId; 2],
    lock: ObjectId,
) -> bool {
    let Some(channel) = wait.channel else {
        return false;
    };
    let object = program.object(channel);
    let mut rivals: Box<dyn Iterator<Item = StepId>> = match wait.kind {
        WaitKind::Send => Box::new(object.sends.iter().copied()),
        WaitKind::Receive => Box::new(object.takes()),
        _ => return false,
    };
    let all_take_it = rivals.all(|step| program.held_at(step).iter().any(|held| held.lock == lock));
    let measures = |&step: &StepId| {
        program
            .condition_of(step)
            .is_some_and(|condition| program.asks_length(condition, channel))
    };
    all_take_it
        && on_the_way.iter().any(|&at| {
            let function = program.function_of(at);
            program.before(at, function).iter().any(measures)
        })
}

/// Whether the lock that an other side takes is no matter for this wait: it was got before the
/// channel was there and is given back, or, of a wait that a stop ends, it is taken where the
/// other side has seen the stop.
pub(super) fn is_elsewhere(program: &Program, wait: &Wait, taken: StepId, other: StepId) -> bool {
    let is_after_stop = wait.has_done
        && program.ancestors(taken).any(|(_, owner)| {
            matches!(owner, Owner::Arm(select, index)
                if program.arms(select).get(index as usize)
                    .is_some_and(|&(_, kind)| kind == ArmKind::Done))
        });
    let Some(channel) = wait.channel.filter(|_| wait.kind != WaitKind::Group) else {
        return is_after_stop;
    };
    let is_held = program
        .held_at(other)
        .iter()
        .any(|held| held.since == taken);
    // What is put into a new channel with room is there before anybody can wait for it.
    let is_set_up = matches!(program.op(other), Op::Send { .. })
        && !matches!(
            program.capacity(channel),
            Capacity::Rendezvous | Capacity::Unknown
        )
        && program.function_of(taken) != program.function_of(other);
    let is_made_later = makers(program, channel, other).any(|made| {
        program.function_of(taken) != program.function_of(other)
            || program.span(taken).start < program.span_of(made).start
    });
    is_after_stop || is_made_later && (!is_held || is_set_up)
}

/// Whether whoever made the channel does nothing but wait on it: its other side is there for it.
pub(super) fn is_awaited(program: &Program, wait: &Wait) -> bool {
    let mut others = wait.others.iter().flatten().copied().peekable();
    wait.kind != WaitKind::Group
        && others.peek().is_some()
        && wait.channel.is_some_and(|channel| {
            others.all(|other| {
                !matches!(program.op(other), Op::Loop(_))
                    && program.select_of(other).is_none()
                    && program.enclosing_loop(other).is_none()
                    && makers(program, channel, other).next().is_some()
            })
        })
}

/// Where the function of a step made the channel before it.
fn makers(program: &Program, channel: ObjectId, step: StepId) -> impl Iterator<Item = ExprId> + '_ {
    let function = program.function_of(step);
    let makes = program.object(channel).makes.iter().copied();
    makes.filter(move |&made| {
        let at = program.span_of(made);
        program.function_at(at) == Some(function) && at.start < program.span(step).start
    })
}

/// Whether a task that finishes for a group takes the lock only before it counts itself in: then
/// nobody waits for it yet.
pub(super) fn is_before_counted(
    program: &Program,
    group: ObjectId,
    taken: StepId,
    finish: StepId,
) -> bool {
    let adds = program.object(group).calls.iter().copied();
    let mut adds = adds
        .filter(|&call| matches!(program.op(call), Op::Call(call) if call.api == Api::GroupAdd));
    let function = program.function_of(finish);
    adds.any(|add| {
        let here = program.function_of(add);
        if program.function_of(taken) == here {
            return program.is_before(taken, add);
        }
        // The call that takes the lock is the one that counts in.
        let is_one_call = matches!(program.op(taken), Op::Call(call) if call.target == Some(here));
        is_one_call || here == function && program.function_of(taken) != function
    })
}
