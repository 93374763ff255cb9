//! One place takes for granted what can be used once, and is come to twice: on two ways that know
//! nothing of each other, by a handler, or by a callback that is called whenever something happens.

use super::taken::{is_one_way, is_tested, tell, uses_up};
use crate::model::{
    ExprKind, FunctionId, FunctionKind, Handler, Init, Op, Program, StepId, Type, VariableId,
    VariableKind,
};
use crate::rules::{Confidence, Findings, handlers};
use crate::source::Span;

/// Functions that keep a callback which runs whenever something happens.
const CALLS_AGAIN: &[&str] = &[
    "set_handler",
    "try_set_handler",
    "add_listener",
    "add_event_listener",
    "subscribe",
    "on_message",
    "on_event",
    "on_signal",
];

/// A field of a value that several have at a time.
pub(super) fn check(
    program: &Program,
    (field, function, place): (VariableId, FunctionId, Span),
    findings: &mut Findings,
) {
    let taker = program.outermost(function);
    let is_quiet = program.function(taker).is_test
        || program.is_for_tests(place.file)
        || uses_up(program, function)
        || program.ends_its_value(taker)
        || !is_shared(program, field, taker)
        || is_tested(program, field, function, place);
    if is_quiet {
        return;
    }
    let calls = open_calls(program, field, taker);
    if let Some((first, second)) = two_ways(program, &calls) {
        let name = program.variable_name(field);
        let message = format!("takes `{name}` for granted, and is called on more than one way");
        let this = (field, function, place);
        tell(program, this, Confidence::High, message, findings)
            .because(program.span(first), "called here")
            .because(program.span(second), "and here");
        return;
    }
    let by_handler = match serves(program, function) {
        true => Some(program.function(taker).head),
        false => calls
            .iter()
            .find(|&&call| {
                serves(program, program.function_of(call)) && !is_made_for_it(program, call)
            })
            .map(|&call| program.span(call)),
    };
    if let Some(by) = by_handler {
        say_again(program, (field, function, place), by, findings);
    }
}

/// What a callback has captured, or a handler is given behind a lock.
pub(super) fn captured(
    program: &Program,
    (variable, function, place): (VariableId, FunctionId, Span),
    findings: &mut Findings,
) {
    let is_hook = program.handed_to(function).iter().find(|&&to| {
        program.call(to).is_some_and(|call| {
            let name = program.callee_name(call.callee);
            CALLS_AGAIN.contains(&name.rsplit(['.', ':']).next().unwrap_or(&name))
        })
    });
    let by = match is_hook {
        Some(&to) => Some(program.span(to)),
        None => serves(program, function).then(|| program.function(function).head),
    };
    let is_test = program.function(program.outermost(function)).is_test;
    if let Some(by) = by
        && !is_test
        && !program.is_for_tests(place.file)
        && !is_tested(program, variable, function, place)
    {
        say_again(program, (variable, function, place), by, findings);
    }
}

fn say_again(
    program: &Program,
    this: (VariableId, FunctionId, Span),
    by: Span,
    findings: &mut Findings,
) {
    let name = program.variable_name(this.0);
    let message = format!("takes `{name}` for granted, and the next call finds nothing");
    tell(program, this, Confidence::High, message, findings)
        .because(by, "called as often as somebody asks");
}

fn serves(program: &Program, function: FunctionId) -> bool {
    matches!(
        program.function(function).handler,
        Some(Handler::Request | Handler::Rpc | Handler::Message)
    )
}

/// Whether others may have the value of a field meanwhile: a lock is around it, or its method only
/// borrows.
fn is_shared(program: &Program, field: VariableId, taker: FunctionId) -> bool {
    let FunctionKind::Method(receiver, _) = program.function(taker).kind else {
        return program.lock_around(program.variable(field).ty).is_some();
    };
    let is_lent = matches!(program.ty(program.variable(receiver).ty), Type::Pointer(_));
    is_lent && !program.alone.exclusive.contains(&taker)
}

/// The calls of a function that nothing keeps from coming twice: no flag, no look at the field.
fn open_calls(program: &Program, field: VariableId, taker: FunctionId) -> Vec<StepId> {
    let calls = program.callers[taker.index()].iter().copied();
    calls
        .filter(|&call| {
            let by = program.function_of(call);
            let outer = program.outermost(by);
            matches!(program.op(call), Op::Call(_))
                && !program.function(outer).is_test
                && !program.is_for_tests(program.span(call).file)
                && !program.ends_its_value(outer)
                && !handlers::happens_once(program, call)
                && !is_tested(program, field, by, program.span(call))
        })
        .collect()
}

/// Two calls of which both may come: in two functions, or in two tasks.
fn two_ways(program: &Program, calls: &[StepId]) -> Option<(StepId, StepId)> {
    let task = |call: StepId| {
        let by = program.function_of(call);
        program.is_task(by).then_some(by)
    };
    let both_come = |one: StepId, other: StepId| {
        let (a, b) = (program.function_of(one), program.function_of(other));
        let are_tasks = matches!((task(one), task(other)), (Some(a), Some(b)) if a != b);
        (are_tasks || !is_one_way(program, a, b)) && !(uses_up(program, a) && uses_up(program, b))
    };
    let (&first, others) = calls.split_first()?;
    let second = others.iter().find(|&&other| both_come(first, other))?;
    Some((first, *second))
}

/// Whether a call is on a value that its function has just made.
fn is_made_for_it(program: &Program, call: StepId) -> bool {
    let on = program.call(call).and_then(|call| {
        call.receiver.or(match *program.kind(call.callee) {
            ExprKind::Function(_, Some(on)) => Some(on),
            _ => None,
        })
    });
    let root = on.and_then(|on| program.variable_of(on));
    root.is_some_and(|root| {
        let of = program.variable(root);
        of.kind == VariableKind::Local
            && matches!(of.init, Init::Value(made)
                if matches!(program.kind(made), ExprKind::Call(_) | ExprKind::Composite(..)))
    })
}
