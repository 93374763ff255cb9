//! A way round on which nothing waits, in a loop that waits after its other failures.

use super::known::Known;
use super::turn::{Walk, variable_of};
use super::{Confidence, Findings, Retry, bounds};
use crate::model::{Api, Assign, AssignHow, Call, Op, Program, StepId};

/// So few tries at once are no load.
const FEW: i64 = 3;

impl Walk<'_> {
    /// Notes a `continue` that a plain failure leads to, with nothing done in between.
    pub(super) fn note_way_back(&mut self, back: StepId, state: Known) {
        // Where a stop won the race against the call, nothing was called.
        if state.without(Known::NONE) == Known::FAILED
            && let Some(call) = self.call
            && self.does_nothing_between(call, back)
        {
            self.turn.at_once.push(back);
        }
    }

    /// Whether what stands between a call and a way back neither waits nor mends anything: it
    /// logs, counts and asks what the failure was.
    fn does_nothing_between(&self, call: StepId, back: StepId) -> bool {
        let program = self.program;
        let Some(looped) = program.enclosing_loop(back) else {
            return false;
        };
        let asked_at = program.span(call).end;
        let mut at = back;
        loop {
            let siblings = program.block(program.step(at).block).steps.iter();
            let mut between = siblings
                .copied()
                .take_while(|&step| step != at)
                .filter(|&step| program.span(step).start >= asked_at);
            if !between.all(|step| self.is_idle(step)) {
                return false;
            }
            match program.ancestors(at).next() {
                Some((outer, _)) if outer == looped => return true,
                Some((outer, _)) => at = outer,
                None => return false,
            }
        }
    }

    pub(super) fn is_idle(&self, step: StepId) -> bool {
        let program = self.program;
        let own = match program.op(step) {
            Op::Call(call) => self.only_tells(step, call),
            Op::Assign(assign) => self.only_keeps(assign),
            Op::Send { .. } | Op::Receive { .. } | Op::Select(_) | Op::Loop(_) => false,
            _ => true,
        };
        own && program.blocks_of(step).into_iter().all(|block| {
            let mut inside = program.block(block).steps.iter();
            inside.all(|&inner| self.is_idle(inner))
        })
    }

    /// Whether a call tells of the failure, or asks about it.
    fn only_tells(&self, step: StepId, call: &Call) -> bool {
        match call.api {
            Api::Log | Api::MetricRecord | Api::ErrorTest | Api::ErrorNew | Api::Now => true,
            Api::Other => {
                let arguments = self.program.list(call.args);
                let asked = call.receiver.is_some_and(|on| self.is_about(on));
                asked && arguments.is_empty() && self.pauses.of_step(step).is_none()
            }
            _ => false,
        }
    }

    /// Whether only counters change, and what is kept is the failure.
    fn only_keeps(&self, assign: &Assign) -> bool {
        let targets = self.program.list(assign.targets);
        let mut values = self.program.list(assign.values).iter();
        match assign.how {
            AssignHow::Define => true,
            AssignHow::Update(_) => targets.iter().all(|&target| {
                variable_of(self.program, target).is_some_and(|one| self.counted.contains(&one))
            }),
            _ => values.all(|&value| self.is_about(value)),
        }
    }
}

impl Retry {
    /// Where it goes round at once after one failure, while it waits after others.
    pub(super) fn goes_back_at_once(&self, program: &Program) -> Option<StepId> {
        let waits = self.turn.pauses.iter();
        let waits_after_others = waits.into_iter().any(|waited| waited.state.only_failed());
        let is_few = bounds::limit(program, self.step).is_some_and(|limit| limit <= FEW);
        let says_it = self.ends_well && waits_after_others && !is_few;
        let back = self.turn.at_once.first().copied();
        back.filter(|_| says_it && !program.is_for_tests(program.span(self.step).file))
    }

    pub(super) fn say_at_once(&self, program: &Program, back: StepId, findings: &mut Findings) {
        let callee = self.callee(program);
        let finding = findings.at(
            program.span(self.step),
            Confidence::Medium,
            format!("retries `{callee}` with a way round that does not wait"),
        );
        finding
            .about(callee)
            .why("A failure that leads this way is answered by the next call at once, as fast as this loop can make them, while the waits stand on another way.")
            .fix("Lead every failure that is tried again through the same count and the same wait.")
            .items(&["C9"]);
        finding.function = Some(program.function_of(self.step));
        finding.because(program.span(self.call), "the call that is repeated");
        finding.because(program.span(back), "goes round here with no wait");
    }
}
