//! Channels that take any number of values: a queue without a bound that says so by its name.

use super::pressure::{self, Made, Pressure};
use super::{Confidence, Findings, pace, told};
use crate::model::channels::is_end_name;
use crate::model::{
    Direction, Discipline, ExprId, ExprKind, ObjectId, Program, StepId, Type, TypeId, VariableId,
    VariableKind,
};
use crate::rules::handlers::Entries;

/// Words in the names of channels that carry a few words about the whole and not work.
const FEW: &[&str] = &[
    "signal", "control", "ctrl", "cmd", "command", "notify", "wake", "exit", "result", "ready",
    "err", "ack", "permit", "reply", "resp", "timer", "config", "reload", "status", "progress",
];

/// A channel that nothing bounds, and how bad that is.
struct Claim {
    channel: ObjectId,
    made: ExprId,
    /// What fills it the most.
    source: Option<StepId>,
    confidence: Confidence,
}

pub(super) fn check(program: &Program, findings: &mut Findings) {
    let mut claims = Vec::new();
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
        let at = Made { channel, at: made };
        let entries = entries.get_or_insert_with(|| Entries::of(program));
        let source = object
            .sends
            .iter()
            .copied()
            .max_by_key(|&send| pressure::of(program, entries, at, send));
        let pressure = source.map_or(Pressure::Unseen, |send| {
            pressure::of(program, entries, at, send)
        });
        claims.push(Claim {
            channel,
            made,
            source,
            confidence: confidence(program, channel, pressure, made),
        });
    }
    for group in side_by_side(program, claims) {
        say(program, &group, findings);
    }
}

/// Claims that are one to whoever reads them, the worst first: channels for the same items, made
/// one right after the other.
fn side_by_side(program: &Program, mut claims: Vec<Claim>) -> Vec<Vec<Claim>> {
    claims.sort_by_key(|claim| program.expr(claim.made).span);
    let mut groups: Vec<Vec<Claim>> = Vec::new();
    for claim in claims {
        let joins = |last: &Claim| {
            let (one, other) = (program.expr(last.made).span, program.expr(claim.made).span);
            let element = |claim: &Claim| program.element_type(claim.channel);
            last.confidence.min(claim.confidence) > Confidence::Low
                && one.file == other.file
                && program.line(one) + 1 == program.line(other)
                && *program.underlying(element(last)) != Type::Unknown
                && element(last) == element(&claim)
        };
        match groups.last_mut() {
            Some(group) if group.last().is_some_and(joins) => group.push(claim),
            _ => groups.push(vec![claim]),
        }
    }
    for group in &mut groups {
        group.sort_by_key(|claim| std::cmp::Reverse(claim.confidence));
    }
    groups
}

fn confidence(
    program: &Program,
    channel: ObjectId,
    pressure: Pressure,
    made: ExprId,
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
        || function.is_some_and(|function| program.function(function).is_test)
        || told::serves_tests(program, channel, place);
    // `_rx` is only kept so that sends do not fail.
    let is_for_nobody = program.object(channel).takes().next().is_none()
        && names().any(|name| name.starts_with('_'));
    if is_small || is_few || is_for_nobody || is_test || pace::is_answered(program, element) {
        return Confidence::Low;
    }
    if told::is_meant(program, channel, place) || hands_over_calls(program, channel) {
        return Confidence::Low;
    }
    // It is empty whenever anything is in it: what runs side by side is another question.
    if program
        .taken_at_once
        .iter()
        .any(|&(taken, limit)| limit.is_none() && program.object_of(taken) == Some(channel))
    {
        return Confidence::Low;
    }
    match pressure {
        Pressure::Endless => Confidence::High,
        Pressure::Callers if pace::are_numbers(program, element) => Confidence::Low,
        Pressure::Callers if says_words(program, channel, element) => Confidence::Low,
        Pressure::Callers if told::is_called_unbounded(program, channel, place) => Confidence::Low,
        Pressure::Callers if is_taken_without_a_wait(program, channel) => Confidence::Low,
        Pressure::Callers => Confidence::Medium,
        Pressure::Few | Pressure::Unseen => Confidence::Low,
    }
}

/// Whether what is sent only tells which of a few things is to happen, once where it is said and
/// not again and again.
fn says_words(program: &Program, channel: ObjectId, element: TypeId) -> bool {
    pace::are_words(program, element)
        && program
            .object(channel)
            .sends
            .iter()
            .all(|&send| program.enclosing_loop(send).is_none())
}

/// Whether whoever takes waits for nothing but the next item, so that it falls behind only callers
/// that never rest.
fn is_taken_without_a_wait(program: &Program, channel: ObjectId) -> bool {
    let mut takes = program.object(channel).takes().peekable();
    takes.peek().is_some() && takes.all(|take| program.unwaiting.contains(&take))
}

/// Whether each item is the whole stream of a call that somebody opened: as many as are open, and
/// how many calls may be is up to the server.
fn hands_over_calls(program: &Program, channel: ObjectId) -> bool {
    let is_call = |ty: TypeId| {
        matches!(*program.underlying(ty), Type::Foreign(module, name)
            if program.text(module) == "tonic" && program.text(name) == "Streaming")
    };
    let element = program.element_type(channel);
    match program.underlying(element) {
        Type::Tuple(parts) => parts.iter().any(|&part| is_call(part)),
        Type::Named(named) => program.named[named.index()]
            .fields
            .iter()
            .any(|&(_, field)| is_call(program.variable(field).ty)),
        _ => is_call(element),
    }
}

/// What those who send call a channel, where it has an end of its own for them.
fn name_of_sender(program: &Program, channel: ObjectId) -> String {
    let sends = |&&variable: &&VariableId| {
        let known = program.variable(variable);
        let is_sender = matches!(
            program.underlying(known.ty),
            Type::Channel(_, Direction::Send, _)
        );
        is_sender && !program.text(known.name).is_empty()
    };
    let variables = &program.object(channel).variables;
    let rank = |&&variable: &&VariableId| match program.variable(variable).kind {
        VariableKind::Field(_) | VariableKind::Global => 0,
        VariableKind::Local => 1,
        _ => 2,
    };
    let best = variables
        .iter()
        .filter(sends)
        .min_by_key(|variable| (rank(variable), program.variable(**variable).span));
    match best {
        Some(&variable) => program.variable_name(variable),
        None => program.object_name(channel),
    }
}

fn say(program: &Program, group: &[Claim], findings: &mut Findings) {
    let Some((claim, others)) = group.split_first() else {
        return;
    };
    let name = name_of_sender(program, claim.channel);
    let place = program.expr(claim.made).span;
    let finding = findings.at(
        place,
        claim.confidence,
        format!("`{name}` takes any number of items: no send ever waits or fails for want of room"),
    );
    finding
        .why(format!(
            "Whenever items come in faster than they are taken, `{name}` grows by the difference until memory ends, and its producers are never told."
        ))
        .fix("Make it bounded: then a send waits, or `try_send` says that it is full, and you decide what is refused or dropped and counted. Where something else bounds what can be under way, say so in a comment beside it.")
        .about(name);
    finding.function = program.function_at(place);
    if let Some(source) = claim.source {
        finding.because(program.span(source), "filled here");
    }
    if let Some(take) = program.object(claim.channel).takes().next() {
        finding.because(program.span(take), "taken from here");
    }
    for other in others {
        let name = name_of_sender(program, other.channel);
        finding.because(
            program.expr(other.made).span,
            format!("`{name}` takes everything as well"),
        );
    }
}
