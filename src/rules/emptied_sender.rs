//! A sender that a stop takes out of its optional field, while others take it for granted.

use super::unsafe_close::{is_one_way, is_tested};
use super::{Confidence, Findings};
use crate::model::{FunctionId, FunctionKind, Program, Type, VariableId};
use crate::source::Span;

/// Says where a send relies on a sender that another function may have taken out by then.
pub(super) fn check(program: &Program, findings: &mut Findings) {
    for &(field, function, place) in &program.expected {
        let emptied = program.emptied.iter().find(|&&(other, taker, _)| {
            other == field && !is_one_way(program, function, taker) && is_shared(program, taker)
        });
        let Some(&(_, _, taken)) = emptied else {
            continue;
        };
        let is_test = program.is_for_tests(place.file)
            || program.function(program.outermost(function)).is_test;
        if is_test || findings.has_at(place) || is_tested(program, field, function, place) {
            continue;
        }
        say(program, field, function, (place, taken), findings);
    }
}

/// Whether a function runs while others have the value as well: a method that only borrows it, and
/// not its end.
fn is_shared(program: &Program, function: FunctionId) -> bool {
    let outer = program.outermost(function);
    let FunctionKind::Method(receiver, _) = program.function(outer).kind else {
        return false;
    };
    let is_lent = matches!(program.ty(program.variable(receiver).ty), Type::Pointer(_));
    is_lent && !program.alone.exclusive.contains(&outer) && !program.ends_its_value(outer)
}

fn say(
    program: &Program,
    field: VariableId,
    function: FunctionId,
    (place, taken): (Span, Span),
    findings: &mut Findings,
) {
    let name = program.variable_name(field);
    let finding = findings.at(
        place,
        Confidence::Medium,
        format!("takes `{name}` for granted, which a stop takes out meanwhile"),
    );
    finding
        .why(format!(
            "Nothing keeps a call from coming after `{name}` was taken out, or while it is: it panics in the middle of a shut-down, instead of telling its caller that it came too late."
        ))
        .fix("Tell the caller that it is over where there is none any more (`let Some(…) = … else { return Err(…) }`), and see to it that a send which fails does the same.")
        .about(name);
    finding.function = Some(function);
    finding.because(taken, "taken out here");
}
