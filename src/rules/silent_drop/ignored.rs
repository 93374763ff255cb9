//! A function tells by its result that an item was not taken, and its caller does not listen.

use super::aftermath::is_quiet;
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
    of: FxHashMap<FunctionId, (Span, Confidence)>,
}

impl Telling {
    /// The function around a step tells of what happens at a place.
    pub fn add(&mut self, program: &Program, at: StepId, place: Span, confidence: Confidence) {
        let function = program.function_of(at);
        if !program.is_closure(function) {
            self.of.entry(function).or_insert((place, confidence));
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

pub(super) fn check(program: &Program, findings: &mut Findings, mut telling: Telling) {
    if telling.of.is_empty() {
        return;
    }
    telling.relay(program);
    let used = program.used_results();
    let mut calls: FxHashSet<StepId> = FxHashSet::default();
    let mut functions: Vec<_> = telling.of.iter().collect();
    functions.sort_by_key(|(function, _)| **function);
    for (&function, &(place, confidence)) in functions {
        for &caller in &program.callers[function.index()] {
            let Some(call) = program.call(caller) else {
                continue;
            };
            if used.contains(&caller) {
                calls.insert(caller);
            } else {
                say(
                    program,
                    caller,
                    program.span(caller),
                    call,
                    (place, confidence),
                    findings,
                );
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
    told: (Span, Confidence),
    findings: &mut Findings,
) {
    let name = program.callee_name(call.callee);
    let finding = findings.at(
        anchor,
        told.1,
        format!("`{name}` says when it did not take the item, and nobody listens"),
    );
    finding
        .why(WHY)
        .fix(FIX)
        .about(name)
        .because(told.0, "the item is refused here");
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
    for step in program.step_ids() {
        let Op::Branch {
            condition,
            then,
            otherwise: None,
        } = *program.op(step)
        else {
            continue;
        };
        let Some((asked, kind)) = refusal_asked(program, condition) else {
            continue;
        };
        let Some(answer) = answer_of(program, asked, step).filter(|answer| calls.contains(answer))
        else {
            continue;
        };
        let Some(call) = program.call(answer) else {
            continue;
        };
        let told = call.target.and_then(|target| telling.of.get(&target));
        let Some(&(place, confidence)) = told else {
            continue;
        };
        if !is_quiet(program, step, then)
            || is_tried_again(program, answer, call)
            || gives_up_who_refused(program, then, call)
        {
            continue;
        }
        let confidence = match kind {
            Asked::Full => confidence,
            Asked::Any => confidence.lowered(),
        };
        say(
            program,
            step,
            program.span(step),
            call,
            (place, confidence),
            findings,
        );
    }
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
