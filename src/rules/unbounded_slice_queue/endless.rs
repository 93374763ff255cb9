//! Channels that take any number of values: a queue without a bound that says so by its name.

use super::{Confidence, Findings};
use crate::model::channels::is_end_name;
use crate::model::{
    Direction, Discipline, ExprKind, FunctionKind, LoopKind, ObjectId, Op, Program, StepId, Type,
    TypeId,
};
use crate::rules::handlers::Entries;

/// Words in the names of channels that carry a few words about the whole and not work.
const FEW: &[&str] = &[
    "signal", "control", "ctrl", "cmd", "command", "notify", "wake", "exit", "result", "ready",
    "err", "ack", "permit", "reply", "resp", "timer", "config", "reload", "status", "progress",
];

/// How deep types are searched for an answer's way back.
const MAX_DEPTH: u32 = 5;

pub(super) fn check(program: &Program, findings: &mut Findings) {
    let mut entries: Option<Entries> = None;
    for channel in program.object_ids() {
        if program.discipline(channel) != Discipline::Unbounded {
            continue;
        }
        let object = program.object(channel);
        let made = object.makes.iter().copied().find(|&made| {
            matches!(
                program.kind(made),
                ExprKind::MakeChannel(_, _, Discipline::Unbounded)
            )
        });
        let Some(made) = made else { continue };
        if object.sends.is_empty() && !object.escapes {
            continue;
        }
        let entries = entries.get_or_insert_with(|| Entries::of(program));
        let source = object
            .sends
            .iter()
            .copied()
            .max_by_key(|&send| pressure(program, entries, send));
        let pressure = source.map_or(Pressure::Unseen, |send| pressure(program, entries, send));
        let confidence = confidence(program, channel, pressure, made);
        say(program, channel, made, source, confidence, findings);
    }
}

/// What decides how much is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Pressure {
    /// Something with an end in view.
    Few,
    /// Nothing in view.
    Unseen,
    /// Whoever calls.
    Callers,
    /// The other side of a network, or a loop without end.
    Endless,
}

fn pressure(program: &Program, entries: &Entries, send: StepId) -> Pressure {
    let function = program.function_of(send);
    if entries.at(function).is_some() {
        return Pressure::Endless;
    }
    let mut at = send;
    let mut in_bounded = false;
    while let Some(looped) = program.enclosing_loop(at) {
        if let Op::Loop(l) = program.op(looped) {
            match l.kind {
                LoopKind::Over(_) | LoopKind::Counted(_) => in_bounded = true,
                // What comes out of a bounded channel is bounded by it.
                LoopKind::Channel(over) => {
                    let waits = program
                        .object_of(over)
                        .is_some_and(|of| program.discipline(of).waits());
                    return if waits {
                        Pressure::Few
                    } else {
                        Pressure::Callers
                    };
                }
                _ => return Pressure::Endless,
            }
        }
        at = looped;
    }
    let of = program.function(function);
    if in_bounded {
        return Pressure::Few;
    }
    match of.kind {
        // A method that takes its value away is called once for each.
        FunctionKind::Method(receiver, _) if of.exported => {
            match program.ty(program.variable(receiver).ty) {
                Type::Pointer(_) => Pressure::Callers,
                _ => Pressure::Few,
            }
        }
        _ => Pressure::Unseen,
    }
}

fn confidence(
    program: &Program,
    channel: ObjectId,
    pressure: Pressure,
    made: crate::model::ExprId,
) -> Confidence {
    let element = program.element_type(channel);
    let is_small = matches!(
        program.underlying(element),
        Type::Unit | Type::Boolean | Type::Error
    );
    let names = || {
        program.object(channel).variables.iter().map(|&variable| {
            program
                .text(program.variable(variable).name)
                .to_ascii_lowercase()
        })
    };
    let is_few =
        names().any(|name| is_end_name(&name) || FEW.iter().any(|word| name.contains(word)));
    let place = program.expr(made).span;
    let function = program.function_at(place);
    let is_test = program.is_for_tests(place.file)
        || function.is_some_and(|function| program.function(function).is_test);
    // `_rx` is only kept so that sends do not fail.
    let is_for_nobody = program.object(channel).takes().next().is_none()
        && names().any(|name| name.starts_with('_'));
    if is_small || is_few || is_for_nobody || is_test || is_answered(program, element, MAX_DEPTH) {
        return Confidence::Low;
    }
    if program
        .remark_on(place)
        .to_ascii_lowercase()
        .contains("bounded")
    {
        return Confidence::Low;
    }
    match pressure {
        Pressure::Endless => Confidence::High,
        Pressure::Callers => Confidence::Medium,
        Pressure::Few | Pressure::Unseen => Confidence::Low,
    }
}

/// Whether whoever sends waits for an answer to each value: no more are under way than there are
/// callers.
fn is_answered(program: &Program, element: TypeId, depth: u32) -> bool {
    let Some(depth) = depth.checked_sub(1) else {
        return false;
    };
    match program.underlying(element) {
        Type::Channel(_, Direction::Send, _) | Type::Function(..) => true,
        Type::Named(named) => program.named[named.index()]
            .fields
            .iter()
            .any(|&(_, field)| is_answered(program, program.variable(field).ty, depth)),
        Type::Tuple(parts) => parts.iter().any(|&part| is_answered(program, part, depth)),
        _ => false,
    }
}

fn say(
    program: &Program,
    channel: ObjectId,
    made: crate::model::ExprId,
    source: Option<StepId>,
    confidence: Confidence,
    findings: &mut Findings,
) {
    let name = program.object_name(channel);
    let place = program.expr(made).span;
    let finding = findings.at(
        place,
        confidence,
        format!("`{name}` takes any number of items: no send ever waits or fails for want of room"),
    );
    finding
        .why(format!(
            "Whenever items come in faster than they are taken, `{name}` grows by the difference until memory ends, and its producers are never told."
        ))
        .fix("Make it bounded: then a send waits, or `try_send` says that it is full, and you decide what is refused or dropped and counted. Where something else bounds what can be under way, say so in a comment beside it.")
        .about(name);
    finding.function = program.function_at(place);
    if let Some(source) = source {
        finding.because(program.span(source), "filled here");
    }
    if let Some(take) = program.object(channel).takes().next() {
        finding.because(program.span(take), "taken from here");
    }
}
