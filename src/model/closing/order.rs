//! Whether two steps are on ways of which one run takes only one.

use super::Closings;
use crate::model::{FunctionId, FunctionKind, Op, Owner, Program, StepId};

impl Closings<'_> {
    /// Whether the ways to two steps part: where one runs, the other does not.
    pub fn are_exclusive(&self, a: StepId, b: StepId) -> bool {
        let program = self.program;
        let (of_a, of_b) = (program.function_of(a), program.function_of(b));
        let mut at = Some(of_a);
        while let Some(function) = at {
            if program.is_within(of_b, function) {
                return match (program.site_in(function, a), program.site_in(function, b)) {
                    (Some(a), Some(b)) => program.are_apart(a, b),
                    _ => false,
                };
            }
            at = match program.function(function).kind {
                FunctionKind::Closure(parent) => Some(parent),
                _ => None,
            };
        }
        // One is called by the function that holds the other, or one function calls both.
        let callers = |function: FunctionId| -> &[StepId] {
            let outer = program.outermost(function);
            if program.function(outer).exported {
                &[]
            } else {
                &program.callers[outer.index()]
            }
        };
        let meet = |sites: &[StepId], other: StepId| {
            let of_other = program.function_of(other);
            !sites.is_empty()
                && sites.iter().all(|&site| {
                    program.function_of(site) == of_other && program.are_apart(site, other)
                })
        };
        meet(callers(of_a), b) || meet(callers(of_b), a) || {
            let (to_a, to_b) = (callers(of_a), callers(of_b));
            to_a.len() == 1 && to_b.len() == 1 && meet(to_a, to_b[0])
        }
    }

    /// Whether two steps stand in conditional parts of one function, neither within the other:
    /// the conditions may well exclude each other.
    pub fn may_be_exclusive(&self, a: StepId, b: StepId) -> bool {
        let program = self.program;
        let mut at = Some(program.function_of(a));
        while let Some(function) = at {
            if program.is_within(program.function_of(b), function) {
                let sites = (program.site_in(function, a), program.site_in(function, b));
                let (Some(a), Some(b)) = sites else {
                    return false;
                };
                let branches = |step: StepId| -> Vec<StepId> {
                    program
                        .ancestors(step)
                        .filter(|(_, owner)| {
                            matches!(owner, Owner::Then(_) | Owner::Else(_) | Owner::Case(..))
                        })
                        .map(|(step, _)| step)
                        .collect()
                };
                let (of_a, of_b) = (branches(a), branches(b));
                return of_a.iter().any(|branch| !of_b.contains(branch))
                    && of_b.iter().any(|branch| !of_a.contains(branch));
            }
            at = match program.function(function).kind {
                FunctionKind::Closure(parent) => Some(parent),
                _ => None,
            };
        }
        false
    }
}

impl Program {
    /// The step of a function in which a step of it, or of a closure within it, stands.
    pub fn site_in(&self, outer: FunctionId, step: StepId) -> Option<StepId> {
        let program = self;
        let mut inner = program.function_of(step);
        if inner == outer {
            return Some(step);
        }
        loop {
            match program.function(inner).kind {
                FunctionKind::Closure(parent) if parent == outer => break,
                FunctionKind::Closure(parent) => inner = parent,
                _ => return None,
            }
        }
        let closure = program.function(inner).span;
        program
            .steps_of(outer)
            .into_iter()
            .filter(|&site| program.span(site).contains(closure))
            .min_by_key(|&site| program.span(site).end - program.span(site).start)
    }

    /// Whether two steps of one function are on ways of which one run takes only one.
    pub fn are_apart(&self, a: StepId, b: StepId) -> bool {
        let program = self;
        let (first, second) = if program.is_before(a, b) {
            (a, b)
        } else {
            (b, a)
        };
        let mut at = first;
        loop {
            let block = program.step(at).block;
            let holds_both = program.step(second).block == block
                || program
                    .ancestors(second)
                    .any(|(step, _)| program.step(step).block == block);
            if holds_both {
                return false;
            }
            let leaves = program.block(block).steps.last().is_some_and(|&last| {
                matches!(program.op(last), Op::Return(_))
                    || program.diverges(last)
                        && program
                            .enclosing_loop(last)
                            .is_some_and(|looped| program.is_inside(second, looped))
            });
            if leaves {
                return true;
            }
            let Some(owner) = program.block(block).owner.step() else {
                return false;
            };
            if program.is_inside(second, owner) {
                return matches!(
                    program.op(owner),
                    Op::Branch { .. } | Op::Switch { .. } | Op::Select(_)
                );
            }
            at = owner;
        }
    }
}
