//! One turn of a loop, walked with what is known of the last call that may fail: on which ways
//! the loop goes round, on which it is left, and where it waits.

use super::pause::{Pause, Pauses};
use crate::model::{
    Api, Assign, AssignHow, BinaryOp, BlockId, Call, Case, Constant, ExprId, ExprKind, LoopKind,
    Op, Program, StepId, Symbol, Type, UnaryOp, VariableId,
};
use rustc_hash::FxHashSet;

/// How deep blocks are followed.
const MAX_DEPTH: u32 = 60;

/// What may be the case at a point: a set of the five below.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Known(u8);

impl Known {
    /// Nothing that may fail was called in this turn.
    pub const NONE: Known = Known(1);
    /// It went well.
    pub const FINE: Known = Known(2);
    /// It failed.
    pub const FAILED: Known = Known(4);
    /// It failed, and something that is not about the failure was asked and led here.
    pub const LIMITED: Known = Known(8);
    /// It went well, and the loop's condition was told.
    pub const DONE: Known = Known(16);
    const DEAD: Known = Known(0);

    pub fn or(self, other: Known) -> Known {
        Known(self.0 | other.0)
    }

    fn and(self, other: Known) -> Known {
        Known(self.0 & other.0)
    }

    fn without(self, other: Known) -> Known {
        Known(self.0 & !other.0)
    }

    pub fn has(self, other: Known) -> bool {
        self.0 & other.0 != 0
    }

    /// It failed, for certain.
    pub fn only_failed(self) -> bool {
        self.0 != 0 && !self.has(Known(1 | 2 | 16))
    }

    fn is_dead(self) -> bool {
        self.0 == 0
    }

    /// After something was asked that is not about the failure.
    fn limited(self) -> Known {
        match self.has(Known::FAILED) {
            true => self.without(Known::FAILED).or(Known::LIMITED),
            false => self,
        }
    }

    /// Where ways meet again that something unrelated had parted.
    fn restored(self, before: Known) -> Known {
        match self.has(Known::LIMITED) && !before.has(Known::LIMITED) {
            true => self.without(Known::LIMITED).or(Known::FAILED),
            false => self,
        }
    }
}

/// What a turn of a loop does.
#[derive(Default)]
pub(super) struct Turn {
    /// What is known where it goes round.
    pub rounds: Known,
    /// What is known where it is left.
    pub exits: Known,
    /// Where it waits, with what is known there.
    pub pauses: Vec<Waited>,
    /// The calls whose failure leads round.
    pub calls: Vec<StepId>,
    /// Something could not be followed.
    pub is_unclear: bool,
    /// A truth value, not an error, said how it went.
    pub by_truth: bool,
}

/// A wait, what is known there, and of which call.
pub(super) struct Waited {
    pub pause: Pause,
    pub state: Known,
    pub call: Option<StepId>,
}

struct Frame {
    label: Option<Symbol>,
    is_loop: bool,
    breaks: Known,
    continues: Known,
}

struct Walk<'p> {
    program: &'p Program,
    pauses: &'p Pauses<'p>,
    label: Option<Symbol>,
    frames: Vec<Frame>,
    turn: Turn,
    /// The call at hand.
    call: Option<StepId>,
    /// Variables that hold what the calls gave, or are made of it.
    tracked: FxHashSet<VariableId>,
    /// Those of them that say whether it failed.
    verdicts: FxHashSet<VariableId>,
    /// Variables that are set once it went well, among those that the loop's condition asks.
    told: FxHashSet<VariableId>,
    asked: FxHashSet<VariableId>,
}

/// Walks one turn.
pub(super) fn turn(pauses: &Pauses<'_>, looped: StepId) -> Turn {
    let program = pauses.program;
    let Op::Loop(l) = program.op(looped) else {
        return Turn::default();
    };
    let mut walk = Walk {
        program,
        pauses,
        label: l.label,
        frames: Vec::new(),
        turn: Turn::default(),
        call: None,
        tracked: FxHashSet::default(),
        verdicts: FxHashSet::default(),
        told: FxHashSet::default(),
        asked: FxHashSet::default(),
    };
    let condition = l
        .condition()
        .filter(|&condition| program.constant(condition) != Some(Constant::Bool(true)));
    if let Some(condition) = condition {
        walk.asked = variables(program, condition);
    }
    let mut state = walk.block(l.head, Known::NONE, MAX_DEPTH);
    let called_in_head = walk.call.is_some() || condition.is_some_and(|c| walk.has_call(c));
    if let Some(condition) = condition {
        let (stays, leaves) = walk.split(condition, state);
        if called_in_head {
            walk.leave(leaves);
        }
        state = stays;
    }
    let end = walk.block(l.body, state, MAX_DEPTH);
    let mut end = end.or(std::mem::take(&mut walk.turn.rounds));
    if let Some(post) = l.post {
        end = walk.block(post, end, MAX_DEPTH);
    }
    if let Some(condition) = condition.filter(|_| !called_in_head) {
        let (stays, leaves) = walk.split(condition, end);
        walk.leave(leaves);
        end = stays;
    }
    if matches!(l.kind, LoopKind::Over(_)) {
        walk.leave(end.and(Known::FAILED).limited());
    }
    walk.blame(end);
    walk.turn.rounds = end;
    walk.turn
}

/// The variables and fields in an expression.
pub(super) fn variables(program: &Program, id: ExprId) -> FxHashSet<VariableId> {
    program
        .parts_of(id)
        .into_iter()
        .filter_map(|part| variable_of(program, part))
        .collect()
}

fn variable_of(program: &Program, id: ExprId) -> Option<VariableId> {
    match *program.kind(id) {
        ExprKind::Variable(variable) | ExprKind::Field(_, variable) => Some(variable),
        ExprKind::Reference(inner) | ExprKind::Dereference(inner) => variable_of(program, inner),
        _ => None,
    }
}

impl<'p> Walk<'p> {
    fn leave(&mut self, state: Known) {
        self.turn.exits = self.turn.exits.or(state);
    }

    fn round(&mut self, state: Known) {
        self.turn.rounds = self.turn.rounds.or(state);
        self.blame(state);
    }

    fn blame(&mut self, state: Known) {
        if state.has(Known::FAILED.or(Known::LIMITED))
            && let Some(call) = self.call
            && !self.turn.calls.contains(&call)
        {
            self.turn.calls.push(call);
        }
    }

    fn block(&mut self, block: BlockId, mut state: Known, depth: u32) -> Known {
        let Some(depth) = depth.checked_sub(1) else {
            self.turn.is_unclear = true;
            return state;
        };
        for &step in &self.program.block(block).steps {
            if state.is_dead() {
                break;
            }
            state = self.step(step, state, depth);
        }
        state
    }

    fn step(&mut self, step: StepId, state: Known, depth: u32) -> Known {
        let program = self.program;
        match program.op(step) {
            Op::Assign(assign) => self.assign(assign, state),
            Op::Call(call) => self.called(step, call, state),
            Op::Receive { .. } | Op::Send { .. } => {
                self.pause(self.pauses.of_step(step), state);
                state
            }
            Op::Select(_) => self.select(step, state, depth),
            Op::Branch {
                condition,
                then,
                otherwise,
            } => {
                let (yes, no) = self.split(*condition, state);
                let yes = self.block(*then, yes, depth);
                let no = match otherwise {
                    Some(otherwise) => self.block(*otherwise, no, depth),
                    None => no,
                };
                let joined = yes.or(no);
                match yes.is_dead() || no.is_dead() {
                    true => joined,
                    false => joined.restored(state),
                }
            }
            Op::Switch { subject, cases } => self.switch(*subject, cases, state, depth),
            Op::Loop(_) => self.inner_loop(step, state, depth),
            Op::Scope(inner) => self.block(*inner, state, depth),
            Op::Return(_) => {
                self.leave(state);
                Known::DEAD
            }
            Op::Break(label) => self.jump(*label, state, true),
            Op::Continue(label) => self.jump(*label, state, false),
            Op::Goto(_) | Op::Gap => {
                self.turn.is_unclear = true;
                Known::DEAD
            }
            _ => state,
        }
    }

    fn pause(&mut self, pause: Option<Pause>, state: Known) {
        if let Some(pause) = pause {
            let call = self.call;
            self.turn.pauses.push(Waited { pause, state, call });
        }
    }

    fn called(&mut self, step: StepId, call: &Call, state: Known) -> Known {
        if self.program.diverges(step) {
            self.leave(state);
            return Known::DEAD;
        }
        let pause = self.pauses.of_step(step);
        let is_first_by_name = matches!(pause, Some(Pause::Named { .. })) && state == Known::NONE;
        if !is_first_by_name {
            self.pause(pause, state);
        }
        // What is handed out by reference together with the failure is about the failure.
        let arguments = self.program.list(call.args);
        if arguments.iter().any(|&argument| self.is_about(argument)) {
            for &argument in arguments {
                if let ExprKind::Reference(inner) = *self.program.kind(argument)
                    && let Some(variable) = variable_of(self.program, inner)
                {
                    self.tracked.insert(variable);
                }
            }
        }
        state
    }

    fn assign(&mut self, assign: &Assign, state: Known) -> Known {
        let program = self.program;
        let targets = program.list(assign.targets);
        let values = program.list(assign.values);
        let about = values.iter().any(|&value| self.is_about(value));
        let mut after = state;
        if let [value] = *values
            && let ExprKind::Call(step) = *program.kind(value)
            && !matches!(assign.how, AssignHow::Update(_))
        {
            let verdict = targets
                .iter()
                .copied()
                .find(|&target| self.is_verdict(target));
            if let Some(verdict) = verdict
                && self.may_fail(step, state)
                && !state.only_failed()
            {
                self.verdicts.extend(variable_of(program, verdict));
                self.tracked.extend(
                    targets
                        .iter()
                        .filter_map(|&target| variable_of(program, target)),
                );
                self.call = Some(step);
                return Known::FINE.or(Known::FAILED);
            }
        }
        for (at, &target) in targets.iter().enumerate() {
            let Some(variable) = variable_of(program, target) else {
                continue;
            };
            if about {
                self.tracked.insert(variable);
                let value = values.get(at).or(values.first());
                if value.is_some_and(|&value| self.is_failure(value)) && self.is_verdict(target) {
                    self.verdicts.insert(variable);
                }
            }
            if state == Known::FINE && self.asked.contains(&variable) {
                self.told.insert(variable);
                after = Known::DONE;
            }
        }
        after
    }

    /// Whether a variable says how a call went.
    fn is_verdict(&self, target: ExprId) -> bool {
        self.program.is_error(target) || self.is_truth(target)
    }

    fn is_truth(&self, id: ExprId) -> bool {
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
    fn may_fail(&self, step: StepId, state: Known) -> bool {
        let Some(call) = self.program.call(step) else {
            return false;
        };
        if !matches!(
            call.api,
            Api::Other | Api::Outbound | Api::Local | Api::Accept
        ) {
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
    fn is_failure(&self, id: ExprId) -> bool {
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
    fn is_about(&self, id: ExprId) -> bool {
        self.program.parts_of(id).into_iter().any(|part| {
            matches!(*self.program.kind(part), ExprKind::Call(step) if self.call == Some(step))
                || variable_of(self.program, part)
                    .is_some_and(|variable| self.tracked.contains(&variable))
        })
    }

    fn has_call(&self, condition: ExprId) -> bool {
        self.program.parts_of(condition).into_iter().any(|part| {
            matches!(*self.program.kind(part), ExprKind::Call(step) if self.call == Some(step))
        })
    }

    fn jump(&mut self, label: Option<Symbol>, state: Known, breaks: bool) -> Known {
        let frame = self.frames.iter().rposition(|frame| match label {
            Some(label) => frame.label == Some(label),
            None => breaks || frame.is_loop,
        });
        match frame {
            Some(at) if breaks => {
                self.frames[at].breaks = self.frames[at].breaks.or(state);
            }
            Some(at) => self.frames[at].continues = self.frames[at].continues.or(state),
            None => {
                let is_mine = label.is_none() || label == self.label;
                match is_mine && !breaks {
                    true => self.round(state),
                    false => self.leave(state),
                }
            }
        }
        Known::DEAD
    }

    fn framed(
        &mut self,
        label: Option<Symbol>,
        is_loop: bool,
        inside: impl FnOnce(&mut Self) -> Known,
    ) -> Known {
        self.frames.push(Frame {
            label,
            is_loop,
            breaks: Known::DEAD,
            continues: Known::DEAD,
        });
        let end = inside(self);
        match self.frames.pop() {
            Some(frame) => end.or(frame.breaks).or(frame.continues),
            None => end,
        }
    }

    /// A loop over a list is walked as one turn of it or none; any other is passed by.
    fn inner_loop(&mut self, step: StepId, state: Known, depth: u32) -> Known {
        let Op::Loop(l) = self.program.op(step) else {
            return state;
        };
        match l.kind {
            LoopKind::Over(_) => {
                let end = self.framed(l.label, true, |walk| walk.block(l.body, state, depth));
                end.or(state)
            }
            _ => state,
        }
    }

    fn select(&mut self, step: StepId, state: Known, depth: u32) -> Known {
        let program = self.program;
        let Op::Select(arms) = program.op(step) else {
            return state;
        };
        self.pause(self.pauses.of_step(step), state);
        let limited = state.limited();
        let after = self.framed(None, false, |walk| {
            let mut after = Known::DEAD;
            for arm in arms {
                for &inner in &program.block(arm.guard).steps {
                    if let Op::Assign(assign) = program.op(inner) {
                        walk.assign(assign, state);
                    }
                }
                after = after.or(walk.block(arm.body, limited, depth));
            }
            after
        });
        after.restored(state)
    }

    fn switch(
        &mut self,
        subject: Option<ExprId>,
        cases: &[Case],
        state: Known,
        depth: u32,
    ) -> Known {
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
        let after = self.framed(None, false, |walk| {
            let mut after = match otherwise {
                Some(block) => walk.block(block, rest, depth),
                None => rest,
            };
            for (block, taken) in ways {
                after = after.or(walk.block(block, taken, depth));
            }
            after
        });
        after.restored(state)
    }

    fn case(&mut self, subject: ExprId, value: ExprId, state: Known) -> (Known, Known) {
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
    fn split(&mut self, condition: ExprId, state: Known) -> (Known, Known) {
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
                let state = self.begin(value, state);
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
                (failing(state), state)
            }
            _ => self.other(condition, None, state),
        }
    }

    /// `if send() != nil`: the call has no variable.
    fn begin(&mut self, value: ExprId, state: Known) -> Known {
        if let ExprKind::Call(step) = *self.program.kind(value)
            && self.call != Some(step)
            && !state.only_failed()
            && matches!(
                self.program.ty(self.program.expr(value).ty),
                Type::Error | Type::Unknown
            )
            && self.may_fail(step, state)
        {
            self.call = Some(step);
            return Known::FINE.or(Known::FAILED);
        }
        state
    }

    /// A condition that no verdict answers: a status, what the loop's condition was told, or
    /// something else altogether.
    fn other(
        &mut self,
        condition: ExprId,
        compared: Option<(ExprId, BinaryOp, ExprId)>,
        state: Known,
    ) -> (Known, Known) {
        let of_told = variables(self.program, condition)
            .iter()
            .any(|variable| self.told.contains(variable));
        if of_told {
            return (state.without(Known::DONE), state.and(Known::DONE));
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
    lower.contains("status") || lower == "code"
}

/// `true` to the ways on which it failed, the rest to the others.
fn parted(state: Known, fails: Option<bool>) -> (Known, Known) {
    let failed = state.without(Known::FINE.or(Known::DONE));
    let fine = state.without(Known::FAILED.or(Known::LIMITED));
    match fails {
        Some(true) => (failed, fine),
        Some(false) => (fine, failed),
        None => (state, state),
    }
}

/// Where a failure of a kind is seen.
fn failing(state: Known) -> Known {
    match state.has(Known::FAILED.or(Known::LIMITED)) {
        true => state.without(Known::FINE.or(Known::DONE)),
        false => state,
    }
}

/// Where an answer turns out to be a refusal.
fn turned(state: Known) -> Known {
    match state.has(Known::FINE.or(Known::FAILED)) {
        true => state.without(Known::FINE).or(Known::FAILED),
        false => state,
    }
}

/// Whether a comparison of a status holds for refusals.
fn failing_status(program: &Program, operator: BinaryOp, with: ExprId) -> Option<bool> {
    match operator {
        BinaryOp::Equal => status(program, with),
        BinaryOp::NotEqual => status(program, with).map(|refused| !refused),
        BinaryOp::Greater | BinaryOp::GreaterEqual => Some(true),
        BinaryOp::Less | BinaryOp::LessEqual => Some(false),
        _ => None,
    }
}

/// Whether a status is a refusal.
fn status(program: &Program, id: ExprId) -> Option<bool> {
    if let Some(number) = program.constant_int(id) {
        return Some(number >= 400);
    }
    match *program.kind(id) {
        ExprKind::Qualified(_, name) | ExprKind::Member(_, name) => {
            let name = program.text(name);
            Some(!matches!(
                name.trim_start_matches("Status"),
                "OK" | "Created" | "Accepted" | "NoContent" | "PartialContent"
            ))
        }
        _ => None,
    }
}
