//! How often something happens on the ways out of a block: the least on each way, and the most
//! on any. Structured like the code; no way is followed twice round a loop.

use super::flow::Exit;
use super::{Api, Arm, BlockId, Case, FunctionId, LoopKind, Op, Program, StepId, Symbol};
use crate::source::Span;

/// How deep blocks are followed.
const MAX_DEPTH: u32 = 200;
/// How many loops are walked a second time because they start what is counted.
const MAX_REPLAYS: u32 = 6;
/// As often as it takes.
pub const ENOUGH: u32 = u32::MAX;

/// What a step means to a walk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mark {
    /// Nothing.
    Nothing,
    /// Counting begins.
    Start,
    /// It happens once; for a loop, once each turn, and as often as it takes when it ends.
    Once,
    /// It happens as often as it takes.
    Enough,
}

/// A way out of the block that was walked.
#[derive(Clone, Copy, Debug)]
pub struct Way {
    /// How often it happened at least, [`ENOUGH`] for as often as it takes.
    pub count: u32,
    /// The step that leaves; none where the end of the block is reached.
    pub exit: Option<StepId>,
    /// Where the way turned off: the arm that was chosen instead, the break.
    pub turn: Option<Span>,
}

/// How branches that meet again are counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trust {
    /// The branch in which it happens is taken: conditions are believed to match.
    Conditions,
    /// The branch in which it does not happen may be taken.
    Nothing,
}

/// Counting that has begun: how often so far, and where the way turned off.
type Armed = Option<(u32, Option<Span>)>;

/// What is known at a point: whether it can be reached before counting begins, and after.
#[derive(Clone, Copy, Default)]
struct State {
    idle: bool,
    armed: Armed,
}

impl State {
    fn is_dead(self) -> bool {
        !self.idle && self.armed.is_none()
    }

    fn mark(self, mark: Mark) -> State {
        match mark {
            Mark::Nothing => self,
            Mark::Start => State {
                idle: false,
                armed: self.armed.or(self.idle.then_some((0, None))),
            },
            Mark::Once => State {
                armed: self
                    .armed
                    .map(|(count, turn)| (count.saturating_add(1), turn)),
                ..self
            },
            Mark::Enough => State {
                armed: self.armed.map(|(_, turn)| (ENOUGH, turn)),
                ..self
            },
        }
    }

    fn turned(self, at: Span) -> State {
        State {
            armed: self.armed.map(|(count, _)| (count, Some(at))),
            ..self
        }
    }

    fn join(self, other: State, keep_more: bool) -> State {
        let armed = match (self.armed, other.armed) {
            (Some(a), Some(b)) => Some(if (a.0 >= b.0) == keep_more { a } else { b }),
            (a, b) => a.or(b),
        };
        State {
            idle: self.idle || other.idle,
            armed,
        }
    }

    fn least(self, other: State) -> State {
        self.join(other, false)
    }
}

/// A loop, switch or select that a break can leave.
struct Frame {
    label: Option<Symbol>,
    is_loop: bool,
    breaks: State,
    continues: State,
}

struct Walk<'p> {
    program: &'p Program,
    mark: &'p dyn Fn(StepId) -> Mark,
    trust: Trust,
    frames: Vec<Frame>,
    ways: Vec<Way>,
    replays: u32,
}

impl Program {
    /// Every way out of a block on which counting had begun. `begun` says whether it has when
    /// the block is entered. Ways that end the process or unwind are not among them.
    pub fn ways_out(
        &self,
        block: BlockId,
        begun: bool,
        trust: Trust,
        mark: &dyn Fn(StepId) -> Mark,
    ) -> Vec<Way> {
        let mut walk = Walk {
            program: self,
            mark,
            trust,
            frames: Vec::new(),
            ways: Vec::new(),
            replays: 0,
        };
        let start = State {
            idle: !begun,
            armed: begun.then_some((0, None)),
        };
        let end = walk.block(block, start, MAX_DEPTH);
        walk.leave(end, None);
        walk.ways
    }

    /// How often the marked steps of a function can happen in one run of it, at most.
    pub fn most_often(&self, function: FunctionId, mark: &dyn Fn(StepId) -> Mark) -> u32 {
        let (through, left) = self.most_in(self.function(function).body, mark, MAX_DEPTH);
        through.unwrap_or(0).max(left)
    }

    /// The most on ways to the end of a block (none if it is never reached), and on ways that
    /// leave it before.
    fn most_in(
        &self,
        block: BlockId,
        mark: &dyn Fn(StepId) -> Mark,
        depth: u32,
    ) -> (Option<u32>, u32) {
        let Some(depth) = depth.checked_sub(1) else {
            return (Some(ENOUGH), 0);
        };
        let (mut here, mut left) = (0u32, 0u32);
        for &step in &self.block(block).steps {
            match mark(step) {
                Mark::Once => here = here.saturating_add(1),
                Mark::Enough => here = ENOUGH,
                _ => {}
            }
            if self.diverges(step) {
                return (None, left.max(here));
            }
            let Some(inner) = self.most_inside(step, mark, depth) else {
                continue;
            };
            let before = here;
            left = inner
                .iter()
                .map(|&(_, out)| before.saturating_add(out))
                .fold(left, u32::max);
            let through = inner.iter().filter_map(|&(count, _)| count).max();
            match through {
                Some(most) => here = before.saturating_add(most),
                None if inner.is_empty() => {}
                None => return (None, left),
            }
        }
        (Some(here), left)
    }

    /// The most in all turns of a loop: on the way to its end, and on ways that leave the
    /// function. One, where each mark is followed by the way out.
    fn most_in_turns(&self, looped: StepId, mark: &dyn Fn(StepId) -> Mark) -> (Option<u32>, u32) {
        let marks: Vec<StepId> = self
            .blocks_of(looped)
            .into_iter()
            .flat_map(|inner| self.steps_in(inner))
            .filter(|&inner| matches!(mark(inner), Mark::Once | Mark::Enough))
            .collect();
        if marks.is_empty() {
            return (Some(0), 0);
        }
        let exits = self.loop_exits(looped);
        let leaves = |step: StepId| {
            let at = self.step(step);
            let rest = &self.block(at.block).steps;
            rest.iter()
                .skip(at.index as usize)
                .find_map(|later| exits.iter().find(|(exit, _)| exit == later))
                .map(|&(_, how)| how)
        };
        let mut through = 0;
        for step in marks {
            match leaves(step) {
                Some(Exit::Return) => {}
                Some(_) => through = 1,
                None => return (Some(ENOUGH), 0),
            }
        }
        (Some(through), 1)
    }

    /// The ways through a step that holds blocks, each as [`Program::most_in`] says it; none for
    /// a plain step.
    fn most_inside(
        &self,
        step: StepId,
        mark: &dyn Fn(StepId) -> Mark,
        depth: u32,
    ) -> Option<Vec<(Option<u32>, u32)>> {
        let ways = match self.op(step) {
            Op::Loop(_) => vec![self.most_in_turns(step, mark)],
            Op::Select(arms) => arms
                .iter()
                .map(|arm| {
                    let (guard, _) = self.most_in(arm.guard, mark, depth);
                    let (through, left) = self.most_in(arm.body, mark, depth);
                    let guard = guard.unwrap_or(0);
                    (
                        through.map(|count| count.saturating_add(guard)),
                        left.saturating_add(guard),
                    )
                })
                .collect(),
            Op::Branch { otherwise, .. } => {
                let mut ways: Vec<_> = self
                    .blocks_of(step)
                    .into_iter()
                    .map(|inner| self.most_in(inner, mark, depth))
                    .collect();
                if otherwise.is_none() {
                    ways.push((Some(0), 0));
                }
                ways
            }
            Op::Switch { .. } => self
                .blocks_of(step)
                .into_iter()
                .map(|inner| self.most_in(inner, mark, depth))
                .chain([(Some(0), 0)])
                .collect(),
            Op::Scope(inner) | Op::Defer(inner) => vec![self.most_in(*inner, mark, depth)],
            _ => return None,
        };
        Some(ways)
    }
}

impl Walk<'_> {
    fn leave(&mut self, state: State, exit: Option<StepId>) {
        if let Some((count, turn)) = state.armed {
            self.ways.push(Way { count, exit, turn });
        }
    }

    fn block(&mut self, block: BlockId, mut state: State, depth: u32) -> State {
        let Some(depth) = depth.checked_sub(1) else {
            return state;
        };
        let program = self.program;
        for &step in &program.block(block).steps {
            if state.is_dead() {
                break;
            }
            state = self.step(step, state, depth);
        }
        state
    }

    fn step(&mut self, step: StepId, state: State, depth: u32) -> State {
        let program = self.program;
        let mark = (self.mark)(step);
        match program.op(step) {
            Op::Loop(_) => self.looped(step, state, mark, depth),
            Op::Select(arms) => self.selected(arms, state.mark(mark), depth),
            Op::Branch {
                then, otherwise, ..
            } => {
                let state = state.mark(mark);
                let yes = self.block(*then, state, depth);
                let no = match otherwise {
                    Some(otherwise) => self.block(*otherwise, state, depth),
                    None => state,
                };
                yes.join(no, self.trust == Trust::Conditions)
            }
            Op::Switch { cases, .. } => self.switched(cases, state, depth),
            Op::Scope(inner) => self.block(*inner, state, depth),
            Op::Defer(inner) => {
                let runs = program
                    .steps_in(*inner)
                    .into_iter()
                    .any(|inner| matches!((self.mark)(inner), Mark::Once | Mark::Enough));
                state.mark(if runs { Mark::Enough } else { mark })
            }
            Op::Return(_) => {
                self.leave(state, Some(step));
                State::default()
            }
            Op::Break(label) => self.jump(step, *label, state, true),
            Op::Continue(label) => self.jump(step, *label, state, false),
            Op::Goto(_) => State::default(),
            Op::Call(call) if matches!(call.api, Api::Exit | Api::Panic) => State::default(),
            Op::Call(call) if call.api == Api::TaskExit => {
                self.leave(state, Some(step));
                State::default()
            }
            _ => state.mark(mark),
        }
    }

    fn selected(&mut self, arms: &[Arm], state: State, depth: u32) -> State {
        let program = self.program;
        let answers = |guard: BlockId| {
            program
                .block(guard)
                .steps
                .iter()
                .any(|&inner| matches!((self.mark)(inner), Mark::Once | Mark::Enough))
        };
        let is_about = arms.iter().any(|arm| answers(arm.guard));
        let turns: Vec<bool> = arms
            .iter()
            .map(|arm| is_about && !answers(arm.guard))
            .collect();
        self.frame(None, false);
        let mut after = State::default();
        for (arm, turns) in arms.iter().zip(turns) {
            let mut taken = self.block(arm.guard, state, depth);
            if turns {
                taken = taken.turned(arm.span);
            }
            after = after.least(self.block(arm.body, taken, depth));
        }
        after.least(
            self.frames
                .pop()
                .map_or(State::default(), |frame| frame.breaks),
        )
    }

    fn switched(&mut self, cases: &[Case], state: State, depth: u32) -> State {
        self.frame(None, false);
        let mut after = State::default();
        if !cases.iter().any(|case| case.is_default) {
            after = state;
        }
        for case in cases {
            let end = self.block(case.body, state, depth);
            after = after.join(end, self.trust == Trust::Conditions);
        }
        let breaks = self
            .frames
            .pop()
            .map_or(State::default(), |frame| frame.breaks);
        after.join(breaks, self.trust == Trust::Conditions)
    }

    fn frame(&mut self, label: Option<Symbol>, is_loop: bool) {
        self.frames.push(Frame {
            label,
            is_loop,
            breaks: State::default(),
            continues: State::default(),
        });
    }

    fn jump(&mut self, step: StepId, label: Option<Symbol>, state: State, breaks: bool) -> State {
        let frame = self.frames.iter().rposition(|frame| match label {
            Some(label) => frame.label == Some(label),
            None => breaks || frame.is_loop,
        });
        match frame {
            Some(at) if breaks => {
                let state = match state.armed {
                    Some((_, None)) => state.turned(self.program.span(step)),
                    _ => state,
                };
                self.frames[at].breaks = self.frames[at].breaks.least(state);
            }
            Some(at) => self.frames[at].continues = self.frames[at].continues.least(state),
            None => self.leave(state, Some(step)),
        }
        State::default()
    }

    fn looped(&mut self, step: StepId, state: State, mark: Mark, depth: u32) -> State {
        let program = self.program;
        let Op::Loop(l) = program.op(step) else {
            return state;
        };
        let mut entry = state;
        loop {
            self.frame(l.label, true);
            let head = self.block(l.head, entry, depth);
            let turn = if mark == Mark::Nothing {
                head
            } else {
                head.mark(Mark::Once)
            };
            let end = self.block(l.body, turn, depth);
            let Some(frame) = self.frames.pop() else {
                return state;
            };
            let mut end = end.least(frame.continues);
            if let Some(post) = l.post {
                end = self.block(post, end, depth);
            }
            let begins = entry.armed.is_none() && end.armed.is_some();
            if begins && self.replays < MAX_REPLAYS {
                self.replays += 1;
                entry = State {
                    idle: entry.idle,
                    armed: end.armed,
                };
                continue;
            }
            if matches!(l.kind, LoopKind::Forever) || program.is_endless(step) {
                return frame.breaks;
            }
            let counts = match (head.armed, end.armed) {
                (Some((before, _)), Some((after, _))) => after > before,
                _ => false,
            };
            let done = if counts || mark != Mark::Nothing {
                head.mark(Mark::Enough)
            } else {
                head.join(end, true)
            };
            return done.least(frame.breaks);
        }
    }
}
