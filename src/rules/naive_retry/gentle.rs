//! Paces that do no harm: few tries by lot, a plan that is followed, what whoever runs it has set.

use super::Retry;
use super::bounds::limit;
use super::calm::are_set;
use super::pause::Pause;
use super::weight::{FEW_SLOW, Lack};
use crate::model::{ExprId, ExprKind, Init, LoopKind, Program, StepId};

/// How deep values are followed.
const MAX_DEPTH: u32 = 6;

impl Retry {
    /// Whether only growth is missing: in a few tries, or within a while, whose waits are drawn by
    /// lot, so that those who failed together do not come back together, or in what is kept up at
    /// the pace that is set for it.
    pub(super) fn is_gentle(&self, program: &Program, lack: &Lack, pauses: &[&Pause]) -> bool {
        if lack.others != 1 || lack.jitter || lack.ear {
            return false;
        }
        let is_few = limit(program, self.step).is_none_or(|limit| limit <= FEW_SLOW);
        lack.drawn && is_few || !self.ends_well && are_set(program, pauses)
    }
}

/// Whether each wait is the next of a plan made before: `policy.next()` knows how long to wait,
/// and when to give up.
pub(super) fn follows_a_plan(program: &Program, pauses: &[&Pause]) -> bool {
    are(pauses, &|time| is_next(program, time, MAX_DEPTH))
}

fn is_next(program: &Program, time: ExprId, depth: u32) -> bool {
    let Some(depth) = depth.checked_sub(1) else {
        return false;
    };
    match *program.kind(time) {
        ExprKind::Call(step) => program
            .call(step)
            .is_some_and(|call| program.callee_name(call.callee) == "next" && call.args.len == 0),
        ExprKind::Variable(variable) => match program.variable(variable).init {
            Init::Value(made) | Init::Part(made, _) => is_next(program, made, depth),
            _ => false,
        },
        ExprKind::Dereference(inner) => is_next(program, inner, depth),
        _ => false,
    }
}

/// Whether each wait is a constant of another crate or package, which says no more than its name.
pub(super) fn are_named_elsewhere(program: &Program, pauses: &[&Pause]) -> bool {
    are(pauses, &|time| is_constant_elsewhere(program, time))
}

fn is_constant_elsewhere(program: &Program, id: ExprId) -> bool {
    match *program.kind(id) {
        ExprKind::Name(name) | ExprKind::Qualified(_, name) => {
            let name = program.text(name);
            name.contains('_')
                && name.chars().all(|letter| {
                    letter.is_ascii_uppercase() || letter.is_ascii_digit() || letter == '_'
                })
        }
        _ => false,
    }
}

/// Whether a loop goes through as many tries as a constant of another crate or package says, which
/// its callers may give it.
pub(super) fn is_bound_named_elsewhere(program: &Program, looped: StepId) -> bool {
    let Some(LoopKind::Over(over)) = program.op_loop(looped).map(|l| &l.kind) else {
        return false;
    };
    let given = program.variable_of(*over).and_then(|parameter| {
        let function = program.variable(parameter).function?;
        let at = program.parameter_at(parameter)?;
        Some((function, at))
    });
    let Some((function, at)) = given else {
        return is_constant_elsewhere(program, *over);
    };
    let callers = &program.callers[function.index()];
    !callers.is_empty()
        && callers.iter().all(|&caller| {
            let given = program.call(caller).map(|call| program.list(call.args));
            given
                .and_then(|given| given.get(at))
                .is_some_and(|&given| is_constant_elsewhere(program, given))
        })
}

/// Whether there are waits, and all are for times of which something holds.
pub(super) fn are(pauses: &[&Pause], holds: &dyn Fn(ExprId) -> bool) -> bool {
    let is_so = |pause: &&Pause| match pause {
        Pause::Timed { times, .. } => !times.is_empty() && times.iter().all(|&time| holds(time)),
        _ => false,
    };
    !pauses.is_empty() && pauses.iter().all(is_so)
}
