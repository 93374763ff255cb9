//! One turn of a loop, walked with what is known of the last call that may fail: on which ways
//! the loop goes round, on which it is left, and where it waits.

use super::known::Known;
use super::pause::{Pause, Pauses};
use crate::model::{
    Assign, AssignHow, BlockId, Call, Constant, ExprId, ExprKind, FunctionId, Init, LoopKind, Op,
    Program, StepId, Symbol, VariableId,
};
use rustc_hash::{FxHashMap, FxHashSet};

/// How deep blocks are followed.
pub(super) const MAX_DEPTH: u32 = 60;

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
    /// Where a failure leads round at once.
    pub at_once: Vec<StepId>,
    /// What may put back what failed, with the call that did.
    pub put_back: Vec<(StepId, StepId)>,
    /// Where something is counted, with what is known there.
    pub steps_on: Vec<(StepId, Known)>,
    /// Something could not be followed.
    pub is_unclear: bool,
    /// A truth value, not an error, said how it went.
    pub by_truth: bool,
    /// One of several forms of an answer did.
    pub by_form: bool,
}

impl Turn {
    /// Whether a failure chooses how long the turn waits at its end.
    pub fn waits_by_failure(&self) -> bool {
        self.pauses.iter().any(|waited| waited.by_failure)
    }
}

/// A wait, what is known there, and of which call.
pub(super) struct Waited {
    pub pause: Pause,
    pub state: Known,
    pub call: Option<StepId>,
    /// It waits in every turn, but for a time that the failure chose.
    pub by_failure: bool,
}

struct Frame {
    label: Option<Symbol>,
    is_loop: bool,
    breaks: Known,
    continues: Known,
}

pub(super) struct Walk<'p> {
    pub program: &'p Program,
    pub pauses: &'p Pauses<'p>,
    label: Option<Symbol>,
    frames: Vec<Frame>,
    pub turn: Turn,
    /// The call at hand.
    pub call: Option<StepId>,
    /// Variables that hold what the calls gave, or are made of it.
    pub tracked: FxHashSet<VariableId>,
    /// Those of them that say whether it failed.
    pub verdicts: FxHashSet<VariableId>,
    /// Variables that are set once it went well, among those that the loop's condition asks.
    pub told: FxHashSet<VariableId>,
    asked: FxHashSet<VariableId>,
    /// Variables that change from turn to turn.
    pub counted: Vec<VariableId>,
    /// What variables are set to where the call failed.
    chosen: FxHashMap<VariableId, ExprId>,
    /// The function whose pass is walked: who calls it from there begins another.
    pub itself: Option<FunctionId>,
}

/// Walks one turn.
pub(super) fn turn(pauses: &Pauses<'_>, looped: StepId) -> Turn {
    let program = pauses.program;
    let Op::Loop(l) = program.op(looped) else {
        return Turn::default();
    };
    let mut walk = Walk::new(pauses);
    walk.label = l.label;
    walk.counted = super::counters(program, l);
    let condition = l
        .condition()
        .filter(|&condition| program.constant(condition) != Some(Constant::Bool(true)));
    if let Some(condition) = condition {
        walk.asked = variables(program, condition);
    }
    let mut state = walk.block(l.head, Known::NONE, MAX_DEPTH);
    let mut called_in_head = walk.call.is_some() || condition.is_some_and(|c| walk.has_call(c));
    if let Some(condition) = condition {
        let before = walk.call;
        let (stays, leaves) = walk.split(condition, state);
        called_in_head |= walk.call != before;
        if called_in_head {
            walk.leave(leaves);
        }
        state = stays;
    }
    let end = walk.block(l.body, state, MAX_DEPTH);
    // Who jumped here was blamed there, and the last call walked need not be the one.
    walk.blame(end);
    let mut end = end.or(std::mem::take(&mut walk.turn.rounds));
    if let Some(post) = l.post {
        let before = walk.call;
        end = walk.block(post, end, MAX_DEPTH);
        if walk.call != before {
            walk.blame(end);
        }
    }
    if let Some(condition) = condition.filter(|_| !called_in_head) {
        let (stays, leaves) = walk.split(condition, end);
        walk.leave(leaves);
        end = stays;
    }
    if matches!(l.kind, LoopKind::Over(_)) {
        walk.leave(end.and(Known::FAILED).limited());
    }
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

pub(super) fn variable_of(program: &Program, id: ExprId) -> Option<VariableId> {
    match *program.kind(id) {
        ExprKind::Variable(variable) | ExprKind::Field(_, variable) => Some(variable),
        ExprKind::Reference(inner) | ExprKind::Dereference(inner) => variable_of(program, inner),
        _ => None,
    }
}

impl<'p> Walk<'p> {
    pub(super) fn new(pauses: &'p Pauses<'p>) -> Walk<'p> {
        Walk {
            program: pauses.program,
            pauses,
            label: None,
            frames: Vec::new(),
            turn: Turn::default(),
            call: None,
            tracked: FxHashSet::default(),
            verdicts: FxHashSet::default(),
            told: FxHashSet::default(),
            asked: FxHashSet::default(),
            counted: Vec::new(),
            chosen: FxHashMap::default(),
            itself: None,
        }
    }

    pub(super) fn leave(&mut self, state: Known) {
        self.turn.exits = self.turn.exits.or(state);
    }

    pub(super) fn round(&mut self, state: Known) {
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

    pub(super) fn block(&mut self, block: BlockId, mut state: Known, depth: u32) -> Known {
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
        self.note_put_back(step, state);
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
                let asked = self.call;
                let rounds = self.turn.rounds;
                let yes = self.block(*then, yes, depth);
                // The other way begins with the call that was asked, whatever was called here.
                let called = std::mem::replace(&mut self.call, asked);
                let no = match otherwise {
                    Some(otherwise) => self.block(*otherwise, no, depth),
                    None => no,
                };
                // What was called on a way that ends is not at hand behind it.
                if !yes.is_dead() && (no.is_dead() || self.call == asked) {
                    self.call = called;
                }
                let joined = yes.or(no);
                // Where it went round in there, what is left is where it did not.
                let went_round = self.turn.rounds != rounds;
                match yes.is_dead() || no.is_dead() || went_round {
                    true => joined,
                    false => joined.restored(state),
                }
            }
            Op::Switch { subject, cases } => self.switch(*subject, cases, state, depth),
            Op::Loop(_) => self.inner_loop(step, state, depth),
            Op::Scope(inner) => self.block(*inner, state, depth),
            Op::Spawn(spawn) if self.begins_itself(step, spawn, state) => Known::DEAD,
            Op::Return(_) => {
                self.leave(state);
                Known::DEAD
            }
            Op::Break(label) => self.jump(*label, state, true),
            Op::Continue(label) => {
                self.note_way_back(step, state);
                self.jump(*label, state, false)
            }
            Op::Goto(_) | Op::Gap => {
                self.turn.is_unclear = true;
                Known::DEAD
            }
            _ => state,
        }
    }

    pub(super) fn pause(&mut self, pause: Option<Pause>, state: Known) {
        if let Some(pause) = pause {
            let call = self.call;
            let chosen = match state.has(Known::FAILED) && !state.only_failed() {
                true => self.as_chosen(&pause),
                false => None,
            };
            let by_failure = chosen.is_some();
            let state = if by_failure { Known::FAILED } else { state };
            self.turn.pauses.push(Waited {
                pause: chosen.unwrap_or(pause),
                state,
                call,
                by_failure,
            });
        }
    }

    /// A wait for a time that was chosen where the call failed, as it is then.
    fn as_chosen(&self, pause: &Pause) -> Option<Pause> {
        let Pause::Timed { at, times, deaf } = pause else {
            return None;
        };
        let after_failure = |&time: &ExprId| {
            let variable = variable_of(self.program, time)?;
            self.chosen.get(&variable).copied()
        };
        let chosen: Option<Vec<ExprId>> = times.iter().map(after_failure).collect();
        chosen
            .filter(|times| !times.is_empty())
            .map(|times| Pause::Timed {
                at: *at,
                times,
                deaf: *deaf,
            })
    }

    fn called(&mut self, step: StepId, call: &Call, state: Known) -> Known {
        if self.program.diverges(step) {
            self.leave(state);
            return Known::DEAD;
        }
        if self.begins_again(step, call, state) {
            return Known::DEAD;
        }
        let pause = self.pauses.of_step(step);
        let is_first_by_name = matches!(pause, Some(Pause::Named { .. }))
            && state == Known::NONE
            && !super::says(&self.program.callee_name(call.callee), &["backoff"]);
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
            && let Some(step) = self.call_behind(value)
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
            if !matches!(assign.how, AssignHow::Update(_))
                && let Some(&value) = values.get(at).or(values.first())
                && let Some(chosen) = self.chosen_by(value, state)
            {
                self.chosen.insert(variable, chosen);
            }
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

    /// The call that a value is, also under a name that an arm of a select gave it.
    fn call_behind(&self, value: ExprId) -> Option<StepId> {
        let program = self.program;
        match *program.kind(value) {
            ExprKind::Call(step) => Some(step),
            ExprKind::Variable(named) if !program.is_reassigned(named) => {
                match program.variable(named).init {
                    Init::Value(made) => program.call_of(made).map(|(step, _)| step),
                    _ => None,
                }
            }
            _ => None,
        }
    }

    /// What a value is where the call failed: itself there, or what it was set to there.
    fn chosen_by(&self, value: ExprId, state: Known) -> Option<ExprId> {
        let earlier = || {
            let variable = variable_of(self.program, value)?;
            self.chosen.get(&variable).copied()
        };
        match state.only_failed() {
            true => Some(value),
            false => earlier(),
        }
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

    pub(super) fn framed(
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

    /// A loop over a list is walked as one turn of it or none; any other is passed by, but what
    /// waits in it after a failure decides when this one goes round, and what leaves from it before
    /// the first call ends this one too.
    fn inner_loop(&mut self, step: StepId, state: Known, depth: u32) -> Known {
        let Op::Loop(l) = self.program.op(step) else {
            return state;
        };
        match l.kind {
            LoopKind::Over(_) => {
                let end = self.framed(l.label, true, |walk| walk.block(l.body, state, depth));
                end.or(state)
            }
            _ => {
                let mut leaving = self.program.steps_in(l.body).into_iter();
                if state == Known::NONE
                    && leaving.any(|step| matches!(self.program.op(step), Op::Return(_)))
                {
                    self.leave(state);
                }
                let mut inside = self.program.steps_in(l.body).into_iter();
                if state.only_failed() && inside.any(|step| self.pauses.of_step(step).is_some()) {
                    self.pause(Some(Pause::Event), state);
                }
                state
            }
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
}
