//! The waits that a step under a lock comes to: its own, or of what it calls.

use crate::model::{Api, FunctionId, Op, Program, StepId};
use crate::rules::waits::{self, Wait};

/// How many calls lie at most between the first and a wait, and how many functions are looked at.
const DEEP: usize = 2;
const WIDE: usize = 24;

/// A wait that a step under a lock leads to.
pub(super) struct Reached {
    /// The waiting step.
    pub at: StepId,
    /// Whether a call lies between.
    pub is_called: bool,
    /// The calls that lie between after the first.
    pub through: Vec<StepId>,
    pub wait: Wait,
}

/// The waits that a step is or leads to, a few calls deep.
pub(super) fn waits_at(program: &Program, step: StepId) -> Vec<Reached> {
    if let Some(wait) = waits::wait_of(program, step) {
        return vec![Reached {
            at: step,
            is_called: false,
            through: Vec::new(),
            wait,
        }];
    }
    let Some(target) = called_by(program, step) else {
        return Vec::new();
    };
    let mut found = Vec::new();
    let mut seen = vec![target];
    let mut next = vec![(target, Vec::new())];
    while let Some((function, through)) = next.pop() {
        for inner in program.steps_of(function) {
            if program.select_of(inner).is_some() {
                continue;
            }
            if let Some(wait) = waits::wait_of(program, inner) {
                found.push(Reached {
                    at: inner,
                    is_called: true,
                    through: through.clone(),
                    wait,
                });
            } else if let Some(called) = called_by(program, inner)
                && through.len() < DEEP
                && seen.len() < WIDE
                && !seen.contains(&called)
            {
                seen.push(called);
                let mut through = through.clone();
                through.push(inner);
                next.push((called, through));
            }
        }
    }
    found
}

/// The function of the unit that a step runs in place.
fn called_by(program: &Program, step: StepId) -> Option<FunctionId> {
    match program.op(step) {
        Op::Call(call) if call.api == Api::Other && !program.only_makes(step) => call.target,
        _ => None,
    }
}
