//! Items that may be lost: wake-ups, ticks, the first error, a buffer that is given back, an
//! older value that a newer one replaces.

use super::{beside, hints, policy};
use crate::model::channels::{ArmKind, Capacity, is_end_name};
use crate::model::nearby::says;
use crate::model::{
    ExprId, ExprKind, FunctionId, FunctionKind, Init, Library, ObjectId, Op, Program, StepId, Type,
    TypeId, VariableKind,
};
use crate::rules::{Confidence, replies};
use crate::source::Span;

/// Words in the names of channels whose values only wake somebody up.
const WAKES: &[&str] = &[
    "wake",
    "notif",
    "signal",
    "kick",
    "trigger",
    "ready",
    "refresh",
    "tick",
    "changed",
    "dirty",
    "reload",
    "reconcil",
    "resync",
    "recheck",
    "force",
    "poke",
    "nudge",
    "ping",
    "interrupt",
    "resume",
    "unblock",
    "cond",
    "hup",
    "rescan",
];
/// Words in the names of channels that keep things for reuse, or are permits.
const POOLS: &[&str] = &[
    "pool", "free", "idle", "cache", "spare", "recycle", "reuse", "token", "sem", "permit", "slot",
    "lock",
];
/// Words in the names of channels that carry one answer.
const REPLIES: &[&str] = &["reply", "respon", "answer"];
/// Words of comments which say that only the newest value counts, or one token is enough.
const COALESCES: &[&str] = &[
    "latest",
    "newest",
    "most recent",
    "coalesc",
    "already",
    "pending",
    "stale",
    "overwrit",
    "supersede",
    "one is enough",
    "first error",
    "first one wins",
    "only the last",
    "only the first",
];

/// Words of comments which say that the item has no taker, that there is always room, or that
/// the value only wakes somebody up.
const UNMISSED: &[&str] = &[
    "nobody",
    "no one",
    "no reader",
    "no listener",
    "no error listener",
    "listening",
    "shouldn't happen",
    "should not happen",
    "should never",
    "unreachable",
    "should be buffered",
    "capacity enough",
    "enough capacity",
    "large enough",
    "enough room",
    "signaling",
    "signalling",
];
/// Words of comments which say that the loss is meant.
const MEANT: &[&str] = &[
    "best-effort",
    "don't care",
    "do not care",
    "best effort",
    "better to skip",
    "better to drop",
    "can be dropped",
    "may be dropped",
    "can be lost",
    "may be lost",
    "consumer is slow",
    "we drop",
    "will drop",
    "shutdown",
    "shutting down",
];
/// Words of comments which say that what is sent is given back for reuse.
const REUSES: &[&str] = &["freelist", "free list", "free-list", "recycl", "reuse"];

/// How sure it is that losing what a send offers is a loss; none when it is not.
pub(super) fn loss(program: &Program, send: StepId, place: StepId) -> Option<Confidence> {
    let Op::Send { channel, value } = *program.op(send) else {
        return None;
    };
    if is_signal_value(program, value)
        || is_named_like_an_end(program, channel)
        || replies::is_asked_with(program, send, value)
        || is_first(program, send, channel)
    {
        return None;
    }
    let Some(object) = program.object_of(channel) else {
        return Some(Confidence::Medium);
    };
    let capacity = program.capacity(object);
    let is_one = capacity == Capacity::Known(1);
    let is_small = is_one || capacity == Capacity::Unknown;
    match program.underlying(program.element_type(object)) {
        Type::Unit | Type::Library(Library::Instant | Library::Ticker | Library::Timer) => {
            return None;
        }
        Type::Foreign(_, name) if program.text(*name) == "Signal" => return None,
        Type::Error if is_small => return None,
        Type::Boolean if is_small || capacity == Capacity::Rendezvous => return None,
        _ => {}
    }
    if is_pool(program, object)
        || is_said(program, object, place, REUSES)
        || is_free_list(program, object)
        || evicts(program, object, send)
    {
        return None;
    }
    let coalesces = is_said(program, object, place, COALESCES);
    let wakes = is_named(program, object, WAKES);
    if is_one && (coalesces || wakes) {
        return None;
    }
    let element = program.underlying(program.element_type(object));
    let is_minor = is_one
        || wakes
        || is_said_otherwise(program, object, place, value)
        || coalesces
        || is_said(program, object, place, UNMISSED)
        || is_meant(program, object, place)
        || hints::is_hint(program, object, place)
        || is_of_notifier(program, place)
        || fails_anyway(program, place)
        || is_last_word(program, object, place, value)
        || policy::is_known(program, object, place, value)
        || has_room_for_all(program, object, capacity)
        || program.is_for_tests(program.span(place).file)
        || is_asked_for(program, object, capacity);
    if is_minor {
        return Some(Confidence::Low);
    }
    match (element, capacity) {
        // Of many errors the first is kept.
        (Type::Error, _) if program.is_local(object) => Some(Confidence::Low),
        (Type::Error, _) | (_, Capacity::Rendezvous) => Some(Confidence::Medium),
        _ => Some(Confidence::High),
    }
}

/// Whether what is offered is the first thing that is done with a channel made with room right
/// here: there is room.
fn is_first(program: &Program, send: StepId, channel: ExprId) -> bool {
    let ExprKind::Variable(id) = *program.kind(channel) else {
        return false;
    };
    let (Init::Value(made) | Init::Part(made, _)) = program.variable(id).init else {
        return false;
    };
    let ExprKind::MakeChannel(_, Some(room), _) = *program.kind(made) else {
        return false;
    };
    let (sender, made_at) = (program.variable(id), program.expr(made).span);
    let first = program.expr(channel).span.start;
    let is_made_per_turn = program
        .enclosing_loop(send)
        .is_none_or(|looped| program.span(looped).contains(made_at));
    sender.kind == VariableKind::Local
        && program.constant_int(room).is_some_and(|room| room > 0)
        && program.function_at(made_at) == Some(program.function_of(send))
        && is_made_per_turn
        && !program
            .occurrences(id)
            .iter()
            .any(|&used| (made_at.end..first).contains(&program.expr(used).span.start))
}

/// Whether a channel carries a request with its reply channel, whose sender sees that nobody
/// answers, or the one answer, for which whoever asked has made it.
fn is_asked_for(program: &Program, channel: ObjectId, capacity: Capacity) -> bool {
    let element = program.underlying(program.element_type(channel));
    matches!(element, Type::Channel(..))
        || capacity == Capacity::Unknown && is_named(program, channel, REPLIES)
}

/// Whether a failure is offered as the last that is sent, by whoever then lets go of the channel:
/// the other side sees an end without the word for it.
fn is_last_word(program: &Program, channel: ObjectId, place: StepId, value: ExprId) -> bool {
    program.has_owners
        && program.is_error(value)
        && program.enclosing_loop(place).is_none()
        && !program.after(place).into_iter().any(|after| {
            matches!(*program.op(after), Op::Send { channel: on, .. }
                if program.object_of(on) == Some(channel))
        })
}

/// Whether a comment right at the offer, in it, at its function or at its channel says that the
/// loss is meant.
fn is_meant(program: &Program, channel: ObjectId, place: StepId) -> bool {
    let span = program.span(place);
    let last = Span {
        start: span.end.saturating_sub(1),
        ..span
    };
    let mut inside = program.comments_on(span.file, program.line(span)..=program.line(last));
    let declared = program
        .object(channel)
        .variables
        .iter()
        .map(|&variable| program.variable(variable).span);
    let function = program.outermost(program.function_of(place));
    inside.any(|comment| says(&comment.text, MEANT))
        || is_known_loss_at_the_end(program, function)
        || [span, program.function(function).head]
            .into_iter()
            .chain(declared)
            .any(|place| program.remark_says(place, MEANT))
}

/// Whether what runs when a value ends says in a comment that what it sends may not get through: it
/// can neither wait nor return an error.
fn is_known_loss_at_the_end(program: &Program, function: FunctionId) -> bool {
    let of = program.function(function);
    let last = Span {
        start: of.span.end.saturating_sub(1),
        ..of.span
    };
    of.of_interface
        && program.text(of.name) == "drop"
        && program
            .comments_on(of.span.file, program.line(of.span)..=program.line(last))
            .any(|comment| {
                says(&comment.text, MEANT) || says(&comment.text, &["full", "guarantee"])
            })
}

/// Whether the next value says the same, or something beside the offer does.
fn is_said_otherwise(program: &Program, channel: ObjectId, place: StepId, value: ExprId) -> bool {
    is_signal_type(program, program.element_type(channel)) || beside::is_told(program, place, value)
}

/// Whether values of a type do no more than wake somebody up, by its name: the next one does, too.
fn is_signal_type(program: &Program, ty: TypeId) -> bool {
    let name = match *program.pointee(ty) {
        Type::Named(named) => program.named[named.index()].name,
        Type::Foreign(_, name) => name,
        _ => return false,
    };
    let name = program.text(name);
    ["Signal", "Wakeup", "WakeUp", "Nudge"]
        .iter()
        .any(|end| name.ends_with(end))
}

/// Whether a method of a type that is named for waking others up sends.
fn is_of_notifier(program: &Program, place: StepId) -> bool {
    let function = program.outermost(program.function_of(place));
    match program.function(function).kind {
        FunctionKind::Method(_, named) => program
            .text(program.named[named.index()].name)
            .to_ascii_lowercase()
            .contains("notif"),
        _ => false,
    }
}

/// Whether the function fails after the offer whether or not it was taken: its caller hears of it.
fn fails_anyway(program: &Program, place: StepId) -> bool {
    let (block, index) = (
        program.step(place).block,
        program.step(place).index as usize,
    );
    let next = program.block(block).steps[index + 1..]
        .iter()
        .find(|&&step| !matches!(program.op(step), Op::Call(_)));
    let Some(Op::Return(values)) = next.map(|&step| program.op(step)) else {
        return false;
    };
    let results = &program.function(program.function_of(place)).results;
    let yields_error = results
        .last()
        .is_some_and(|&last| matches!(program.underlying(last), Type::Error));
    program.list(*values).last().is_some_and(|&value| {
        let is_error =
            program.is_error(value) || yields_error && results.len() == program.list(*values).len();
        is_error
            && matches!(
                program.kind(value),
                ExprKind::Call(_) | ExprKind::Composite(..) | ExprKind::Reference(_)
            )
    })
}

/// Whether a channel holds what is free for use.
pub(super) fn is_pool(program: &Program, object: ObjectId) -> bool {
    is_named(program, object, POOLS)
}

/// Whether a local channel was made as large as the number of those who send on it.
fn has_room_for_all(program: &Program, channel: ObjectId, capacity: Capacity) -> bool {
    let Capacity::Computed(size) = capacity else {
        return false;
    };
    let is_counted = program
        .parts_of(size)
        .into_iter()
        .any(|part| matches!(program.kind(part), ExprKind::Call(_) | ExprKind::Length(_)));
    is_counted && program.is_local(channel)
}

/// A value that carries nothing but that it came.
fn is_signal_value(program: &Program, value: ExprId) -> bool {
    match *program.kind(value) {
        ExprKind::Nil => true,
        ExprKind::Composite(ty, list, _) => {
            list.len == 0 && matches!(program.underlying(ty), Type::Unit)
        }
        ExprKind::Call(step) => matches!(
            program.call(step).map(|call| call.api),
            Some(crate::model::Api::Now)
        ),
        _ => {
            program.constant(value).is_some()
                || matches!(
                    program.underlying(program.expr(value).ty),
                    Type::Unit | Type::Library(Library::Instant)
                )
        }
    }
}

fn is_named_like_an_end(program: &Program, channel: ExprId) -> bool {
    match *program.kind(channel) {
        ExprKind::Variable(variable) | ExprKind::Field(_, variable) => {
            is_end_name(program.text(program.variable(variable).name))
        }
        ExprKind::Member(_, name) => is_end_name(program.text(name)),
        _ => false,
    }
}

/// Whether one of a channel's names holds one of these words.
fn is_named(program: &Program, channel: ObjectId, words: &[&str]) -> bool {
    program.object(channel).variables.iter().any(|&variable| {
        let name = program
            .text(program.variable(variable).name)
            .to_ascii_lowercase();
        words.iter().any(|word| name.contains(word))
    })
}

/// Whether values are taken out only to be used again: a receive that makes a new value where
/// there is none.
fn is_free_list(program: &Program, channel: ObjectId) -> bool {
    program.object(channel).receives.iter().any(|&receive| {
        let Some((select, _)) = program.select_of(receive) else {
            return false;
        };
        program
            .arms(select)
            .into_iter()
            .filter(|(_, kind)| *kind == ArmKind::Default)
            .any(|(arm, _)| {
                let steps = &program.block(arm.body).steps;
                let after = program.after(select);
                let makes = |&step: &StepId| match program.op(step) {
                    Op::Assign(assign) => program
                        .list(assign.values)
                        .iter()
                        .any(|&value| is_made(program, value)),
                    Op::Return(list) => program
                        .list(*list)
                        .iter()
                        .any(|&value| is_made(program, value)),
                    _ => false,
                };
                steps.iter().any(makes) || steps.is_empty() && after.iter().take(4).any(makes)
            })
    })
}

fn is_made(program: &Program, value: ExprId) -> bool {
    match *program.kind(value) {
        ExprKind::Make(..) | ExprKind::Composite(..) | ExprKind::MakeChannel(..) => true,
        ExprKind::Reference(inner) => is_made(program, inner),
        ExprKind::Call(step) => program
            .call(step)
            .is_some_and(|call| matches!(call.api, crate::model::Api::Other)),
        _ => false,
    }
}

/// Whether the function that sends takes an older value out first: then the newest is kept.
fn evicts(program: &Program, channel: ObjectId, send: StepId) -> bool {
    let function = program.function_of(send);
    let reached = program.reach(function);
    program.object(channel).receives.iter().any(|&receive| {
        let there = program.function_of(receive);
        there == function || reached.len() < 12 && reached.contains(&there)
    })
}

/// Whether a comment at the place, at the function or at the channel holds one of these words.
fn is_said(program: &Program, channel: ObjectId, place: StepId, words: &[&str]) -> bool {
    let head = program.function(program.function_of(place)).head;
    let declared = program
        .object(channel)
        .variables
        .iter()
        .map(|&variable| program.variable(variable).span);
    [program.span(place), head]
        .into_iter()
        .chain(declared)
        .any(|span| program.is_commented_with(span, words))
}
