//! Channels that take any number of values: a queue without a bound that says so by its name.

use super::pressure::{self, Made, Pressure};
use super::{Confidence, Findings, pace};
use crate::model::channels::is_end_name;
use crate::model::{
    Direction, Discipline, ExprKind, ObjectId, Program, StepId, Type, VariableId, VariableKind,
};
use crate::rules::handlers::Entries;
use crate::source::Span;

/// Words in the names of channels that carry a few words about the whole and not work.
const FEW: &[&str] = &[
    "signal", "control", "ctrl", "cmd", "command", "notify", "wake", "exit", "result", "ready",
    "err", "ack", "permit", "reply", "resp", "timer", "config", "reload", "status", "progress",
];

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
        let confidence = confidence(program, channel, pressure, made);
        say(program, channel, made, source, confidence, findings);
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
        || function.is_some_and(|function| program.function(function).is_test)
        || serves_tests(program, channel, place);
    // `_rx` is only kept so that sends do not fail.
    let is_for_nobody = program.object(channel).takes().next().is_none()
        && names().any(|name| name.starts_with('_'));
    if is_small || is_few || is_for_nobody || is_test || pace::is_answered(program, element) {
        return Confidence::Low;
    }
    if program.remark_says(place, &["bounded", "blocking"]) || tells_of_room(program, channel) {
        return Confidence::Low;
    }
    // It is empty whenever anything is in it: what runs side by side is another question.
    if program
        .taken_at_once
        .iter()
        .any(|&taken| program.object_of(taken) == Some(channel))
    {
        return Confidence::Low;
    }
    match pressure {
        Pressure::Endless => Confidence::High,
        Pressure::Callers if pace::are_numbers(program, element) => Confidence::Low,
        Pressure::Callers if is_called_unbounded(program, channel, place) => Confidence::Low,
        Pressure::Callers if is_taken_without_a_wait(program, channel) => Confidence::Low,
        Pressure::Callers => Confidence::Medium,
        Pressure::Few | Pressure::Unseen => Confidence::Low,
    }
}

/// Whether a channel's name, or that of what makes it, or its crate's, says that it is for tests.
fn serves_tests(program: &Program, channel: ObjectId, place: Span) -> bool {
    let says = |name: &str| {
        name.split(|c: char| !c.is_ascii_alphanumeric())
            .any(|word| matches!(word, "test" | "tests" | "testing"))
    };
    let maker = program
        .function_at(place)
        .map(|maker| program.outermost(maker));
    let variables = &program.object(channel).variables;
    says(&program.file(place.file).path)
        || maker.is_some_and(|maker| says(program.text(program.function(maker).name)))
        || variables
            .iter()
            .any(|&variable| says(program.text(program.variable(variable).name)))
}

/// Whether whoever takes waits for nothing but the next item, so that it falls behind only callers
/// that never rest.
fn is_taken_without_a_wait(program: &Program, channel: ObjectId) -> bool {
    let mut takes = program.object(channel).takes().peekable();
    takes.peek().is_some() && takes.all(|take| program.unwaiting.contains(&take))
}

/// Whether what sends on a channel tells its callers to ask for room first.
fn tells_of_room(program: &Program, channel: ObjectId) -> bool {
    let sends = &program.object(channel).sends;
    sends.iter().any(|&send| {
        let head = program.function(program.function_of(send)).head;
        program.remark_says(head, &["capacity", "backpressure", "back-pressure"])
    })
}

/// Whether what makes a channel or holds an end of it tells everybody by its name that nothing
/// bounds it: then that is meant, and whoever uses it has been told.
fn is_called_unbounded(program: &Program, channel: ObjectId, place: Span) -> bool {
    let says = |name: &str| name.to_ascii_lowercase().contains("unbounded");
    let maker = program
        .function_at(place)
        .map(|maker| program.outermost(maker));
    maker.is_some_and(|maker| says(program.text(program.function(maker).name)))
        || program.object(channel).variables.iter().any(|&variable| {
            match program.variable(variable).kind {
                VariableKind::Field(owner) => says(program.text(program.named[owner.index()].name)),
                _ => false,
            }
        })
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
        _ => 1,
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

fn say(
    program: &Program,
    channel: ObjectId,
    made: crate::model::ExprId,
    source: Option<StepId>,
    confidence: Confidence,
    findings: &mut Findings,
) {
    let name = name_of_sender(program, channel);
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
