//! What can be used once, an answer or a signal to stop, is taken out of its field by two
//! functions, and each takes it for granted that it is there: the second one panics.

use super::{again, left};
use crate::model::{FunctionId, FunctionKind, Op, Program, StepId, Type, VariableId, VariableKind};
use crate::rules::{Confidence, Finding, Findings};
use crate::source::Span;

pub(super) fn check(program: &Program, findings: &mut Findings) {
    for (at, &(field, function, place)) in program.taken.iter().enumerate() {
        if !matches!(program.variable(field).kind, VariableKind::Field(_)) {
            again::captured(program, (field, function, place), findings);
            continue;
        }
        left::check(program, (field, function, place), findings);
        if findings.has_at(place) {
            continue;
        }
        let first = program.taken[..at].iter().find(|&&(other, taker, _)| {
            other == field
                && !is_one_way(program, taker, function)
                && !(uses_up(program, taker) && uses_up(program, function))
        });
        let Some(&(_, taker, first)) = first else {
            at_the_end_too(program, field, function, place, findings);
            if !findings.has_at(place) {
                again::check(program, (field, function, place), findings);
            }
            continue;
        };
        if is_tested(program, field, function, place) || is_tested(program, field, taker, first) {
            continue;
        }
        let confidence = confidence(program, field, function, taker);
        let (this, other) = ((function, place), (taker, first));
        say(program, field, this, other, confidence, findings);
    }
}

/// Whether two takes are on one way through the code: one function, or a function and what it
/// calls.
pub(in crate::rules) fn is_one_way(program: &Program, one: FunctionId, other: FunctionId) -> bool {
    let (one, other) = (program.outermost(one), program.outermost(other));
    one == other || program.reach(one).contains(&other) || program.reach(other).contains(&one)
}

/// Whether a method takes its value for itself, which is gone behind it.
pub(super) fn uses_up(program: &Program, function: FunctionId) -> bool {
    let outer = program.outermost(function);
    matches!(program.function(outer).kind, FunctionKind::Method(receiver, _)
        if !matches!(program.ty(program.variable(receiver).ty), Type::Pointer(_)))
        && program.alone.exclusive.contains(&outer)
}

/// A helper that takes is called when its value ends, and by somebody else before.
fn at_the_end_too(
    program: &Program,
    field: VariableId,
    function: FunctionId,
    place: Span,
    findings: &mut Findings,
) {
    let taker = program.outermost(function);
    let callers = &program.callers[taker.index()];
    let by = |&caller: &StepId| program.outermost(program.function_of(caller));
    let Some(last) = callers.iter().find(|caller| is_end(program, by(caller))) else {
        return;
    };
    let mut earlier = callers.iter().filter(|caller| {
        let of = program.function(by(caller));
        !is_end(program, by(caller)) && !of.is_test
    });
    // Whoever calls what is open to all may be out of view.
    let facts = program.function(taker);
    let open = facts.exported.then_some((taker, facts.head));
    let found = earlier
        .next()
        .map(|earlier| (by(earlier), program.span(*earlier)))
        .or(open);
    let Some(earlier) = found else { return };
    let is_asked = is_tested(program, field, function, place)
        || is_tested(program, field, by(last), program.span(*last));
    if !is_asked && !is_end(program, taker) {
        let this = (function, place);
        say(program, field, this, earlier, Confidence::High, findings);
    }
}

/// Whether a function, or the one that it stands in, runs when a value ends.
fn is_end(program: &Program, function: FunctionId) -> bool {
    program.ends_its_value(program.outermost(function))
}

/// Whether a take stands behind a look at whether there is anything.
pub(in crate::rules) fn is_tested(
    program: &Program,
    field: VariableId,
    function: FunctionId,
    place: Span,
) -> bool {
    program.steps_of(function).into_iter().any(|step| {
        matches!(program.op(step), Op::Branch { .. })
            && program.span(step).start <= place.start
            && program
                .mentions_of(step)
                .into_iter()
                .flat_map(|value| program.parts_of(value))
                .any(|part| program.variable_or_field(part) == Some(field))
    })
}

/// Two that anyone may call, in any order; surely when the field is behind a lock, so that both
/// can be called at once, or when one of them runs at the end whatever was called before.
fn confidence(
    program: &Program,
    field: VariableId,
    one: FunctionId,
    other: FunctionId,
) -> Confidence {
    let is_shared = program.lock_around(program.variable(field).ty).is_some();
    let of = |function: FunctionId| program.function(program.outermost(function));
    let is_end = |function: FunctionId| {
        let taker = program.outermost(function);
        let mut callers = program.callers[taker.index()].iter();
        is_end(program, taker) || callers.any(|&by| is_end(program, program.function_of(by)))
    };
    let is_polled = |function: FunctionId| program.text(of(function).name).contains("poll");
    if of(one).is_test || of(other).is_test || is_polled(one) || is_polled(other) {
        Confidence::Low
    } else if is_end(one) || is_end(other) || is_shared {
        Confidence::High
    } else if of(one).exported && of(other).exported {
        Confidence::Medium
    } else {
        Confidence::Low
    }
}

fn say(
    program: &Program,
    field: VariableId,
    (function, place): (FunctionId, Span),
    (taker, first): (FunctionId, Span),
    confidence: Confidence,
    findings: &mut Findings,
) {
    // One place that takes, and somebody who calls it before the end.
    let is_same = !program
        .taken
        .iter()
        .any(|&(_, by, at)| by == taker && at == first);
    let name = program.variable_name(field);
    let (message, note) = match is_same {
        true => (
            format!("takes `{name}` for granted, and is called again when its value ends"),
            "called before the end",
        ),
        false => (
            format!("takes `{name}` for granted, and another function takes it out as well"),
            "taken for granted here too",
        ),
    };
    tell(
        program,
        (field, function, place),
        confidence,
        message,
        findings,
    )
    .because(first, note);
}

/// Says what comes of taking for granted what can be used once.
pub(super) fn tell<'a>(
    program: &Program,
    (field, function, place): (VariableId, FunctionId, Span),
    confidence: Confidence,
    message: String,
    findings: &'a mut Findings,
) -> &'a mut Finding {
    let name = program.variable_name(field);
    let finding = findings
        .at(place, confidence, message)
        .why(format!(
            "`{name}` can be used once. Whoever comes second finds nothing and panics, in the middle of a shut-down or with a lock held."
        ))
        .fix("Let whoever finds nothing go on quietly (`if let Some(…) = ….take()`): the other one has done it. Or use a token that may be cancelled more than once.")
        .about(name);
    finding.function = Some(function);
    finding
}
