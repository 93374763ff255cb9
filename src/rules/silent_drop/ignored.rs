//! A function tells by its result that an item was not taken, and its caller does not listen.

use super::aftermath::{is_quiet, says_all_is_well};
use super::{FIX, WHY};
use crate::model::{
    Api, BinaryOp, BlockId, Call, ExprId, ExprKind, FunctionId, Init, Op, Owner, Program, StepId,
    Type, UnaryOp, VariableId, VariableKind,
};
use crate::rules::{Confidence, Findings};
use crate::source::Span;
use rustc_hash::{FxHashMap, FxHashSet};

/// How many functions may hand the answer on.
const MAX_RELAYS: usize = 3;

/// Functions that tell of a refusal by their result only.
#[derive(Default)]
pub(super) struct Telling {
    of: FxHashMap<FunctionId, Told>,
}

/// How a function tells.
#[derive(Clone, Copy)]
struct Told {
    place: Span,
    confidence: Confidence,
    /// The error that says so, where it has a name.
    error: Option<VariableId>,
}

impl Telling {
    /// The function around a step tells of what happens at a place.
    pub fn add(&mut self, program: &Program, at: StepId, place: Span, confidence: Confidence) {
        let function = program.function_of(at);
        if !program.is_closure(function) {
            let error = || error_at(program, function, place);
            self.of.entry(function).or_insert_with(|| Told {
                place,
                confidence,
                error: error(),
            });
        }
    }

    /// Functions that return what one of these returns tell as well.
    fn relay(&mut self, program: &Program) {
        let mut relays: Vec<(FunctionId, FunctionId)> = Vec::new();
        for step in program.step_ids() {
            let Op::Return(list) = program.op(step) else {
                continue;
            };
            for &value in program.list(*list) {
                if let Some((_, call)) = program.call_of(value)
                    && let Some(target) = call.target
                {
                    relays.push((program.function_of(step), target));
                }
            }
        }
        for _ in 0..MAX_RELAYS {
            let mut grew = false;
            for &(by, target) in &relays {
                if let Some(&told) = self.of.get(&target)
                    && !self.of.contains_key(&by)
                    && !program.is_closure(by)
                {
                    self.of.insert(by, told);
                    grew = true;
                }
            }
            if !grew {
                return;
            }
        }
    }
}

/// The named error that a function returns at a place.
fn error_at(program: &Program, function: FunctionId, place: Span) -> Option<VariableId> {
    let steps = program.steps_of(function).into_iter();
    steps
        .filter(|&step| place.contains(program.span(step)))
        .find_map(|step| match program.op(step) {
            Op::Return(values) => program.variable_of(*program.list(*values).last()?),
            _ => None,
        })
}

pub(super) fn check(program: &Program, findings: &mut Findings, mut telling: Telling) {
    if telling.of.is_empty() {
        return;
    }
    telling.relay(program);
    let used = program.used_results();
    let mut calls: FxHashSet<StepId> = FxHashSet::default();
    let mut functions: Vec<_> = telling.of.iter().collect();
    functions.sort_by_key(|(function, _)| **function);
    for (&function, &told) in functions {
        for &caller in &program.callers[function.index()] {
            let Some(call) = program.call(caller) else {
                continue;
            };
            if used.contains(&caller) {
                calls.insert(caller);
            } else {
                say(program, caller, program.span(caller), call, told, findings);
            }
        }
    }
    swallowed(program, findings, &telling, &calls);
}

fn say(
    program: &Program,
    at: StepId,
    anchor: Span,
    call: &Call,
    told: Told,
    findings: &mut Findings,
) {
    let name = program.callee_name(call.callee);
    let finding = findings.at(
        anchor,
        told.confidence,
        format!("`{name}` says when it did not take the item, and nobody listens"),
    );
    finding
        .why(WHY)
        .fix(FIX)
        .about(name)
        .because(told.place, "the item is refused here");
    finding.function = Some(program.function_of(at));
}

/// Branches on the answer that do nothing about it.
fn swallowed(
    program: &Program,
    findings: &mut Findings,
    telling: &Telling,
    calls: &FxHashSet<StepId>,
) {
    if calls.is_empty() {
        return;
    }
    let answer_to = |asked: ExprId, step: StepId| {
        let answer = answer_of(program, asked, step).filter(|answer| calls.contains(answer))?;
        let call = program.call(answer)?;
        let told = call.target.and_then(|target| telling.of.get(&target))?;
        Some((answer, call, *told))
    };
    for step in program.step_ids() {
        for way in ways(program, step) {
            let Some((answer, call, mut told)) = answer_to(way.answer, step) else {
                continue;
            };
            let is_of_it = way.error.is_none_or(|error| told.error == Some(error));
            let goes_quietly = match way.then {
                Some(then) => {
                    (is_quiet(program, step, then) || says_all_is_well(program, step, then))
                        && !gives_up_who_refused(program, then, call)
                }
                None => is_passed_over(program, step, &way),
            };
            if !is_of_it || !goes_quietly || is_tried_again(program, answer, call) {
                continue;
            }
            if let Asked::Any = way.asked {
                told.confidence = told.confidence.lowered();
            }
            say(program, step, program.span(step), call, told, findings);
        }
    }
}

/// A way that is taken when the answer says no.
struct Way {
    answer: ExprId,
    asked: Asked,
    /// The refusal of which is asked, where it must be the one that is told.
    error: Option<VariableId>,
    /// What is done then; none where the branch is for everything else.
    then: Option<BlockId>,
}

/// The ways of a branch or a switch on which an answer says no.
fn ways(program: &Program, step: StepId) -> Vec<Way> {
    match *program.op(step) {
        Op::Branch {
            condition,
            then,
            otherwise: None,
        } => {
            let refused = refusal_asked(program, condition).map(|(answer, asked)| Way {
                answer,
                asked,
                error: None,
                then: Some(then),
            });
            let way = all_but_one(program, condition).or(refused);
            way.into_iter().collect()
        }
        Op::Switch { subject, ref cases } => cases
            .iter()
            .flat_map(|case| {
                let values = program.list(case.values).iter();
                values.filter_map(|&value| way_of_case(program, subject, value, case.body))
            })
            .collect(),
        _ => Vec::new(),
    }
}

/// `switch err { case ErrFull: … }`, `switch { case errors.Is(err, ErrFull): … }`.
fn way_of_case(
    program: &Program,
    subject: Option<ExprId>,
    value: ExprId,
    then: BlockId,
) -> Option<Way> {
    let (answer, error) = match (subject, error_test(program, value)) {
        (None, Some(asked)) => asked,
        (Some(subject), None) if program.is_error(subject) => (subject, value),
        _ => return None,
    };
    Some(Way {
        answer,
        asked: Asked::Full,
        error: Some(program.variable_of(error)?),
        then: Some(then),
    })
}

/// `err != nil && !errors.Is(err, ErrFull)`: every failure is looked at but one.
fn all_but_one(program: &Program, condition: ExprId) -> Option<Way> {
    let excepted = match *program.kind(condition) {
        ExprKind::Binary(BinaryOp::And, left, right) => {
            return all_but_one(program, left).or_else(|| all_but_one(program, right));
        }
        ExprKind::Unary(UnaryOp::Not, inner) => error_test(program, inner)?,
        ExprKind::Binary(BinaryOp::NotEqual, answer, error) if program.is_error(answer) => {
            (answer, error)
        }
        _ => return None,
    };
    let (answer, error) = excepted;
    Some(Way {
        answer,
        asked: Asked::Full,
        error: Some(program.variable_of(error)?),
        then: None,
    })
}

/// The error of which it is asked, and which one it may be.
fn error_test(program: &Program, value: ExprId) -> Option<(ExprId, ExprId)> {
    match *program.kind(value) {
        ExprKind::Call(step) => {
            let call = program.call(step)?;
            match program.list(call.args)[..] {
                [answer, error] if call.api == Api::ErrorTest => Some((answer, error)),
                _ => None,
            }
        }
        ExprKind::Binary(BinaryOp::Equal, answer, error) if program.is_error(answer) => {
            Some((answer, error))
        }
        _ => None,
    }
}

/// Whether a refusal goes past a branch for all other failures, and nothing else in the function
/// asks for it or hands it on.
fn is_passed_over(program: &Program, step: StepId, way: &Way) -> bool {
    let is_asked_again = |other: &StepId| {
        way.error
            .is_some_and(|error| program.mentioned_by(*other).contains(&error))
    };
    let hands_on = |later: StepId| {
        let answer = program.variable_of(way.answer);
        answer.is_some_and(|answer| program.mentioned_by(later).contains(&answer))
    };
    let mut steps = program.steps_of(program.function_of(step)).into_iter();
    let of_condition = |other: StepId| program.span(step).contains(program.span(other));
    !steps.any(|other| !of_condition(other) && is_asked_again(&other))
        && !program.after(step).into_iter().any(hands_on)
}

/// Whether who did not take the item ends with the function, which leaves at once, while it would
/// be kept if it had: nobody is served on who has missed something.
fn gives_up_who_refused(program: &Program, then: BlockId, call: &Call) -> bool {
    let refused = call.receiver.and_then(|on| program.variable_of(on));
    program.has_owners
        && matches!(program.block(then).steps[..], [only] if matches!(program.op(only), Op::Return(_)))
        && refused.is_some_and(|one| {
            let facts = program.variable(one);
            program.moved.contains(&one)
                && matches!(facts.kind, VariableKind::Local | VariableKind::Parameter)
                && matches!(program.ty(facts.ty), Type::Named(_))
        })
}

/// Whether a condition asks for the one refusal, or for any failure.
#[derive(Clone, Copy)]
enum Asked {
    Full,
    Any,
}

/// The value of which a condition asks whether it says no.
fn refusal_asked(program: &Program, condition: ExprId) -> Option<(ExprId, Asked)> {
    match *program.kind(condition) {
        ExprKind::Unary(UnaryOp::Not, inner) => Some((inner, Asked::Full)),
        ExprKind::Call(step) => {
            let call = program.call(step)?;
            (call.api == Api::ErrorTest)
                .then(|| program.list(call.args).first().copied())?
                .map(|error| (error, Asked::Full))
        }
        ExprKind::Binary(BinaryOp::Equal, a, b) if program.is_error(a) => {
            (!matches!(program.kind(b), ExprKind::Nil)).then_some((a, Asked::Full))
        }
        ExprKind::Binary(BinaryOp::NotEqual, a, b) => {
            matches!(program.kind(b), ExprKind::Nil).then_some((a, Asked::Any))
        }
        _ => None,
    }
}

/// The call whose result a value is: itself, or what the variable was given last before.
fn answer_of(program: &Program, value: ExprId, before: StepId) -> Option<StepId> {
    match *program.kind(value) {
        ExprKind::Call(step) => Some(step),
        ExprKind::Variable(variable) => {
            given_last(program, variable, before).or(match program.variable(variable).init {
                Init::Value(value) | Init::Part(value, _) => {
                    program.call_of(value).map(|(step, _)| step)
                }
                _ => None,
            })
        }
        _ => None,
    }
}

fn given_last(program: &Program, variable: VariableId, before: StepId) -> Option<StepId> {
    let (block, index) = (
        program.step(before).block,
        program.step(before).index as usize,
    );
    program.block(block).steps[..index]
        .iter()
        .rev()
        .take(8)
        .find_map(|&step| {
            match program.op(step) {
            Op::Assign(assign)
                if program.list(assign.targets).iter().any(|&target| {
                    matches!(*program.kind(target), ExprKind::Variable(other) if other == variable)
                }) =>
            {
                let value = *program.list(assign.values).last()?;
                program.call_of(value).map(|(step, _)| step)
            }
            _ => None,
        }
        })
}

/// Whether the same item is offered again: the call stands in a loop that does not make it.
fn is_tried_again(program: &Program, at: StepId, call: &Call) -> bool {
    let Some((looped, _)) = program
        .ancestors(at)
        .find(|(_, owner)| matches!(owner, Owner::Body(_)))
    else {
        return false;
    };
    let span = program.span(looped);
    let is_made_there = program
        .list(call.args)
        .iter()
        .copied()
        .chain(call.receiver)
        .flat_map(|argument| program.parts_of(argument))
        .any(|part| match *program.kind(part) {
            ExprKind::Variable(variable) => span.contains(program.variable(variable).span),
            ExprKind::Call(step) | ExprKind::Received(step) => span.contains(program.span(step)),
            _ => false,
        });
    !is_made_there
}
