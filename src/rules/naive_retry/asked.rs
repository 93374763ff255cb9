//! What conditions tell of the call at hand: whether it failed, how it was answered, or nothing.

use super::known::{Known, failing, parted, turned};
use super::turn::{Walk, variables};
use crate::model::{
    BinaryOp, BlockId, Case, ExprId, ExprKind, Init, Program, StepId, Type, UnaryOp,
};

impl Walk<'_> {
    pub(super) fn switch(
        &mut self,
        subject: Option<ExprId>,
        cases: &[Case],
        state: Known,
        depth: u32,
    ) -> Known {
        if subject.is_some_and(|subject| self.is_by_form(subject, cases, state)) {
            let is_failed = |case: &Case| match self.program.ends_in_leaving(case.body) {
                true => Known::FINE,
                false => Known::FAILED,
            };
            let ways = cases
                .iter()
                .map(|case| (case.body, is_failed(case)))
                .collect();
            return self.ways(ways, None, depth).restored(state);
        }
        let mut rest = state;
        let mut ways: Vec<(BlockId, Known)> = Vec::new();
        let mut otherwise = None;
        for case in cases {
            if case.is_default {
                otherwise = Some(case.body);
                continue;
            }
            let mut taken = Known::DEAD;
            for &value in self.program.list(case.values) {
                let (yes, no) = match subject {
                    None => self.split(value, rest),
                    Some(subject) => self.case(subject, value, rest),
                };
                taken = taken.or(yes);
                rest = no;
            }
            if case.values.len == 0 {
                taken = rest;
            }
            ways.push((case.body, taken));
        }
        let otherwise = otherwise.map(|block| (block, rest));
        let after = self.ways(ways, otherwise, depth);
        match otherwise {
            Some(_) => after,
            None => after.or(rest),
        }
        .restored(state)
    }

    /// Walks the ways of a switch, each with what is known on it, the one for all else first.
    fn ways(
        &mut self,
        ways: Vec<(BlockId, Known)>,
        otherwise: Option<(BlockId, Known)>,
        depth: u32,
    ) -> Known {
        self.framed(None, false, |walk| {
            let mut after = match otherwise {
                Some((block, rest)) => walk.block(block, rest, depth),
                None => Known::DEAD,
            };
            let asked = walk.call;
            let mut called = asked;
            for (block, taken) in ways {
                walk.call = asked;
                let way = walk.block(block, taken, depth);
                if walk.call != asked && !way.is_dead() {
                    called = walk.call;
                }
                after = after.or(way);
            }
            walk.call = called;
            after
        })
    }

    /// Whether the forms of an answer are told apart that is no result: `Answered` leaves the
    /// loop and `Refused` goes round. Then what leaves went well.
    fn is_by_form(&mut self, subject: ExprId, cases: &[Case], state: Known) -> bool {
        let asked = match *self.program.kind(subject) {
            ExprKind::Variable(variable) => match self.program.variable(variable).init {
                Init::Value(value) => value,
                _ => return false,
            },
            _ => subject,
        };
        let Some((step, call)) = self.program.call_of(asked) else {
            return false;
        };
        let leaves = |case: &&Case| self.program.ends_in_leaving(case.body);
        let ways_out = cases.iter().filter(leaves).count();
        let is_one = state == Known::NONE
            && call.target.is_some()
            && !self.is_failure(subject)
            && (1..cases.len()).contains(&ways_out);
        if is_one {
            self.call = Some(step);
            self.turn.by_truth = true;
            self.turn.by_form = true;
        }
        is_one
    }

    pub(super) fn case(&mut self, subject: ExprId, value: ExprId, state: Known) -> (Known, Known) {
        if self.is_failure(subject) {
            return match self.program.kind(value) {
                ExprKind::Nil => parted(state, Some(false)),
                _ => (failing(state), state),
            };
        }
        if self.is_about(subject) {
            return match status(self.program, value) {
                Some(true) if self.names_status(subject) => (turned(state), state),
                _ => (state, state),
            };
        }
        (state.limited(), state.limited())
    }

    /// What is known when a condition holds, and when it does not.
    pub(super) fn split(&mut self, condition: ExprId, state: Known) -> (Known, Known) {
        match *self.program.kind(condition) {
            ExprKind::Unary(UnaryOp::Not, inner) => {
                let (yes, no) = self.split(inner, state);
                (no, yes)
            }
            ExprKind::Binary(BinaryOp::And, a, b) => {
                let (both, no) = self.split(a, state);
                let (yes, other) = self.split(b, both);
                (yes, no.or(other))
            }
            ExprKind::Binary(BinaryOp::Or, a, b) => {
                let (yes, rest) = self.split(a, state);
                let (other, no) = self.split(b, rest);
                (yes.or(other), no)
            }
            _ => self.leaf(condition, state),
        }
    }

    fn leaf(&mut self, condition: ExprId, state: Known) -> (Known, Known) {
        let program = self.program;
        match *program.kind(condition) {
            ExprKind::Binary(operator @ (BinaryOp::Equal | BinaryOp::NotEqual), a, b) => {
                let same = operator == BinaryOp::Equal;
                let (value, other) = match self.is_failure(b) {
                    true => (b, a),
                    false => (a, b),
                };
                let state = self.begin(value, other, state);
                if self.is_failure(value) {
                    let (failed, fine) = match program.kind(other) {
                        ExprKind::Nil => parted(state, Some(true)),
                        _ => (failing(state), state),
                    };
                    let is_nil = matches!(program.kind(other), ExprKind::Nil);
                    return match same != is_nil {
                        true => (failed, fine),
                        false => (fine, failed),
                    };
                }
                self.other(condition, Some((value, operator, other)), state)
            }
            ExprKind::Binary(operator, a, b) if operator.is_comparison() => {
                self.other(condition, Some((a, operator, b)), state)
            }
            ExprKind::Variable(variable) if self.verdicts.contains(&variable) => {
                self.turn.by_truth = true;
                parted(state, Some(false))
            }
            ExprKind::Call(step) if self.is_failure(condition) && self.call != Some(step) => {
                let failed = failing(state);
                match self.is_told_the_count(step) {
                    true => (failed.limited(), state.limited()),
                    false => (failed, state),
                }
            }
            ExprKind::Call(step) if let Some(is_fine) = self.says_how_it_went(step, state) => {
                self.call = Some(step);
                match is_fine {
                    true => (Known::FINE, Known::FAILED),
                    false => (Known::FAILED, Known::FINE),
                }
            }
            ExprKind::Call(step) if self.is_about(condition) => match self.refused_by(step) {
                Some(true) => (turned(state), state),
                Some(false) => (state, turned(state)),
                None => self.other(condition, None, state),
            },
            _ => self.other(condition, None, state),
        }
    }

    /// Whether a call in view tries something and says by a truth value that it went well, or that
    /// it did not.
    fn says_how_it_went(&self, step: StepId, state: Known) -> Option<bool> {
        let target = self.program.call(step)?.target?;
        let is_new = self.call != Some(step) && !state.only_failed() && self.may_fail(step, state);
        let says = || self.program.says_it_went_well(target);
        is_new.then(says).flatten()
    }

    /// Whether a question about a failure is told how often the call was tried.
    fn is_told_the_count(&self, question: StepId) -> bool {
        let arguments = self.program.call(question).map(|call| call.args);
        arguments.is_some_and(|arguments| {
            self.program.list(arguments).iter().any(|&argument| {
                let mut asked = variables(self.program, argument).into_iter();
                asked.any(|variable| {
                    let name = self.program.text(self.program.variable(variable).name);
                    self.counted.contains(&variable)
                        || ["retr", "attempt", "tries"]
                            .iter()
                            .any(|word| name.contains(word))
                })
            })
        })
    }

    /// A question about the status of an answer: whether a yes means that it is a refusal.
    fn refused_by(&self, question: StepId) -> Option<bool> {
        let call = self.program.call(question)?;
        let name = self.program.callee_name(call.callee);
        match name.rsplit('.').next() {
            Some("is_success") => Some(false),
            Some("is_server_error" | "is_client_error") => Some(true),
            _ => None,
        }
    }

    /// `if send() != nil`: the call has no variable.
    fn begin(&mut self, value: ExprId, other: ExprId, state: Known) -> Known {
        if let ExprKind::Call(step) = *self.program.kind(value)
            && self.call != Some(step)
            && !state.only_failed()
            && match self.program.ty(self.program.expr(value).ty) {
                Type::Error => true,
                // A number that is compared with another is no failure.
                Type::Unknown => matches!(self.program.kind(other), ExprKind::Nil),
                _ => false,
            }
            && self.may_fail(step, state)
            && !self.only_asks(step)
        {
            self.call = Some(step);
            return Known::FINE.or(Known::FAILED);
        }
        state
    }

    /// Whether a call only asks whether something has failed: `Err()` of a context.
    fn only_asks(&self, step: StepId) -> bool {
        let call = self.program.call(step);
        call.is_some_and(|call| super::is_asked(&self.program.callee_name(call.callee)))
    }

    /// A condition that no verdict answers: a status, what the loop's condition was told, or
    /// something else altogether.
    fn other(
        &mut self,
        condition: ExprId,
        compared: Option<(ExprId, BinaryOp, ExprId)>,
        state: Known,
    ) -> (Known, Known) {
        let asked = variables(self.program, condition);
        if asked.iter().any(|variable| self.told.contains(variable)) {
            let (stays, leaves) = (state.without(Known::DONE), state.and(Known::DONE));
            // A counter, or a wait that grows up to a cap, ends it too when nothing goes well.
            let is_counted = asked.iter().any(|variable| self.counted.contains(variable));
            let given_up = stays.and(Known::FAILED.or(Known::LIMITED)).limited();
            return match is_counted {
                true => (stays, leaves.or(given_up)),
                false => (stays, leaves),
            };
        }
        if !self.is_about(condition) {
            return (state.limited(), state.limited());
        }
        if let Some((value, operator, other)) = compared
            && self.names_status(value)
            && let Some(fails) = failing_status(self.program, operator, other)
        {
            return match fails {
                true => (turned(state), state),
                false => (state, turned(state)),
            };
        }
        (state, state)
    }

    /// Whether a value is the status of an answer.
    fn names_status(&self, id: ExprId) -> bool {
        let name = match *self.program.kind(id) {
            ExprKind::Member(_, name) => name,
            ExprKind::Field(_, variable) | ExprKind::Variable(variable) => {
                self.program.variable(variable).name
            }
            ExprKind::Call(step) => match self.program.call(step) {
                Some(call) => {
                    let name = self.program.callee_name(call.callee);
                    return is_status_name(&name) && self.is_about(id);
                }
                None => return false,
            },
            _ => return false,
        };
        is_status_name(self.program.text(name)) && self.is_about(id)
    }
}

fn is_status_name(name: &str) -> bool {
    let lower = name.to_ascii_lowercase();
    lower.ends_with("code") || lower == "status"
}

/// Whether a comparison of a status holds for refusals.
fn failing_status(program: &Program, operator: BinaryOp, with: ExprId) -> Option<bool> {
    match operator {
        BinaryOp::Equal => status(program, with),
        BinaryOp::NotEqual => status(program, with).map(|refused| !refused),
        BinaryOp::Greater | BinaryOp::GreaterEqual => status(program, with).map(|_| true),
        BinaryOp::Less | BinaryOp::LessEqual => status(program, with).map(|_| false),
        _ => None,
    }
}

/// Whether a status is a refusal.
fn status(program: &Program, id: ExprId) -> Option<bool> {
    if let Some(number) = program.constant_int(id) {
        return (100..600).contains(&number).then_some(number >= 400);
    }
    let (ExprKind::Qualified(_, name) | ExprKind::Member(_, name)) = *program.kind(id) else {
        return None;
    };
    match program.text(name).trim_start_matches("Status") {
        "OK" | "Created" | "Accepted" | "NoContent" | "PartialContent" => Some(false),
        "TooManyRequests"
        | "ServiceUnavailable"
        | "InternalServerError"
        | "BadGateway"
        | "GatewayTimeout"
        | "RequestTimeout"
        | "Unavailable"
        | "ResourceExhausted"
        | "DeadlineExceeded"
        | "Aborted" => Some(true),
        _ => None,
    }
}
