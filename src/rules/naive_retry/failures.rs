//! Which calls may fail, and which values say that one did.

use super::known::Known;
use super::pause::Pause;
use super::turn::{Walk, variable_of};
use crate::model::step::Call;
use crate::model::{Api, ExprId, ExprKind, Program, StepId};

/// `timeout(limit, &mut future)`: what began earlier is waited for once more, and not repeated.
fn is_limit_around_kept(program: &Program, call: &Call) -> bool {
    let name = program.callee_name(call.callee);
    let kept = program
        .list(call.args)
        .last()
        .is_some_and(|&future| variable_of(program, future).is_some());
    kept && matches!(name.rsplit('.').next(), Some("timeout" | "timeout_at"))
}

impl Walk<'_> {
    /// Whether a variable says how a call went.
    pub(super) fn is_verdict(&self, target: ExprId) -> bool {
        self.program.is_error(target) || self.is_truth(target)
    }

    pub(super) fn is_truth(&self, id: ExprId) -> bool {
        match *self.program.kind(id) {
            ExprKind::Variable(variable) => {
                let name = self.program.text(self.program.variable(variable).name);
                matches!(name, "ok" | "success" | "succeeded")
            }
            _ => false,
        }
    }

    /// Whether a call is one that fails and is repeated: not one about an earlier failure, nor
    /// one that only waits.
    pub(super) fn may_fail(&self, step: StepId, state: Known) -> bool {
        let Some(call) = self.program.call(step) else {
            return false;
        };
        if !matches!(
            call.api,
            Api::Other | Api::Outbound | Api::Local | Api::Accept
        ) {
            return false;
        }
        if is_limit_around_kept(self.program, call) {
            return false;
        }
        let waits = match self.pauses.of_step(step) {
            Some(Pause::Named { .. }) => state != Known::NONE,
            Some(_) => true,
            None => false,
        };
        !waits
            && !self
                .program
                .list(call.args)
                .iter()
                .any(|&argument| self.is_failure(argument))
    }

    /// Whether a value is the failure of a call at hand.
    pub(super) fn is_failure(&self, id: ExprId) -> bool {
        match *self.program.kind(id) {
            ExprKind::Call(step) => match self.program.call(step) {
                Some(call) => {
                    self.call == Some(step)
                        || self
                            .program
                            .list(call.args)
                            .iter()
                            .any(|&argument| self.is_failure(argument))
                }
                None => false,
            },
            _ => variable_of(self.program, id)
                .is_some_and(|variable| self.verdicts.contains(&variable)),
        }
    }

    /// Whether a value is made of what a call at hand gave.
    pub(super) fn is_about(&self, id: ExprId) -> bool {
        self.program.parts_of(id).into_iter().any(|part| {
            matches!(*self.program.kind(part), ExprKind::Call(step) if self.call == Some(step))
                || variable_of(self.program, part)
                    .is_some_and(|variable| self.tracked.contains(&variable))
        })
    }

    pub(super) fn has_call(&self, condition: ExprId) -> bool {
        self.program.parts_of(condition).into_iter().any(|part| {
            matches!(*self.program.kind(part), ExprKind::Call(step) if self.call == Some(step))
        })
    }
}
