//! What can be used once, an answer or a signal to stop, is taken out of its field by two
//! functions, and each takes it for granted that it is there: the second one panics.

use crate::model::{FunctionId, Op, Program, VariableId};
use crate::rules::{Confidence, Findings};
use crate::source::Span;

pub(super) fn check(program: &Program, findings: &mut Findings) {
    for (at, &(field, function, place)) in program.taken.iter().enumerate() {
        let first = program.taken[..at]
            .iter()
            .find(|&&(other, taker, _)| other == field && !is_one_way(program, taker, function));
        let Some(&(_, taker, first)) = first else {
            continue;
        };
        if is_tested(program, field, function, place) || is_tested(program, field, taker, first) {
            continue;
        }
        say(program, field, (function, place), (taker, first), findings);
    }
}

/// Whether two takes are on one way through the code: one function, or a function and what it
/// calls.
fn is_one_way(program: &Program, one: FunctionId, other: FunctionId) -> bool {
    let (one, other) = (program.outermost(one), program.outermost(other));
    one == other || program.reach(one).contains(&other) || program.reach(other).contains(&one)
}

/// Whether a take stands behind a look at whether there is anything.
fn is_tested(program: &Program, field: VariableId, function: FunctionId, place: Span) -> bool {
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
    let is_end = |function: FunctionId| program.text(of(function).name) == "drop";
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
    findings: &mut Findings,
) {
    let name = program.variable_name(field);
    let finding = findings.at(
        place,
        confidence(program, field, function, taker),
        format!("takes `{name}` for granted, and another function takes it out as well"),
    );
    finding
        .why(format!(
            "`{name}` can be used once. Whichever of the two functions comes second finds nothing and panics, in the middle of a shut-down or with a lock held."
        ))
        .fix("Let whoever finds nothing go on quietly (`if let Some(…) = ….take()`): the other one has done it. Or use a token that may be cancelled more than once.")
        .about(name);
    finding.function = Some(function);
    finding.because(first, "taken for granted here too");
}
