//! Helpers that are given the caller's context, or what it asked, and give a context that has
//! nothing of its end: whoever calls them cuts the work loose and does not see it.

use super::fate::{carries_over, fills_in};
use super::meant::{WORDS, is_explained};
use crate::model::nearby::says;
use crate::model::{Api, ExprId, ExprKind, FunctionId, Library, Op, Program, StepId};
use rustc_hash::FxHashMap;

/// How far a context is followed back to its root.
const MAX_BACK: u32 = 6;

/// For each such helper the root that it makes.
pub(super) fn cutters(program: &Program) -> FxHashMap<FunctionId, StepId> {
    program
        .step_ids()
        .filter(|&step| {
            let call = program.call(step);
            call.is_some_and(|call| call.api == Api::ContextRoot)
        })
        .filter(|&root| is_cut(program, root))
        .map(|root| (program.function_of(root), root))
        .collect()
}

/// Whether the function around a root gives it to its caller in place of what it was given.
fn is_cut(program: &Program, root: StepId) -> bool {
    let function = program.function_of(root);
    let facts = program.function(function);
    let gives_one = facts
        .results
        .first()
        .is_some_and(|&result| program.library(result) == Some(Library::Context));
    let takes_one = facts.parameters.iter().any(|&parameter| {
        matches!(
            program.library(program.variable(parameter).ty),
            Some(Library::Context | Library::Request | Library::Exchange)
        ) && !program.is_blank(parameter)
    });
    gives_one
        && takes_one
        && !program.is_closure(function)
        && !says(program.text(facts.name), WORDS)
        && !is_explained(program, root)
        && !program.remark_says(facts.span, WORDS)
        && !fills_in(program, root)
        && program.steps_of(function).into_iter().any(|step| {
            matches!(*program.op(step), Op::Return(values)
            if program.list(values).first().is_some_and(|&value| {
                comes_of(program, value, root, MAX_BACK)
            }))
        })
}

/// Whether a context is a root, or made of it without anything that another context holds.
fn comes_of(program: &Program, value: ExprId, root: StepId, depth: u32) -> bool {
    let Some(depth) = depth.checked_sub(1) else {
        return false;
    };
    match *program.kind(value) {
        ExprKind::Call(step) if step == root => true,
        ExprKind::Call(step) => program.call(step).is_some_and(|call| {
            let first = program.list(call.args).first();
            call.target.is_none()
                && !carries_over(program, call)
                && first.is_some_and(|&first| comes_of(program, first, root, depth))
        }),
        ExprKind::Variable(variable) => {
            let function = program.function_of(root);
            let mut steps = program.steps_of(function).into_iter();
            steps.any(|step| match program.op(step) {
                Op::Assign(assign) => program.assigned(assign).any(|(target, made)| {
                    program.variable_of(target) == Some(variable)
                        && comes_of(program, made, root, depth)
                }),
                _ => false,
            })
        }
        _ => false,
    }
}
