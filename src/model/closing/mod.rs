//! Who closes a channel and who sends on it: how a close is guarded, what a sender looks at,
//! and whether the two can be at work at the same time.
//!
//! A close and a send cannot meet when one task does both, when the closer has waited for the
//! sender, or when the sends were over before the closer began.

mod asked;
mod guard;
mod lives;
mod meeting;
mod order;
mod place;

pub use guard::{Guard, Look};
pub use place::Sameness;

use super::{
    Api, ExprId, ExprKind, FunctionId, FunctionKind, ObjectId, Op, Program, StepId, Type,
    VariableKind,
};
use crate::source::FileId;
use rustc_hash::{FxHashMap, FxHashSet};
use std::cell::OnceCell;

/// How many pairs of a send and a close are looked at for one channel.
const MAX_PAIRS: usize = 400;
/// How often a closure may be handed on before the lock is taken.
const MAX_HANDED: u32 = 3;

/// What is known of closes in a program. Made once for a check.
#[derive(Debug)]
pub struct Closings<'p> {
    program: &'p Program,
    /// Functions that are run at most once, with the call that says so.
    once: FxHashMap<FunctionId, StepId>,
    /// Closures that are handed to a function of the unit which takes a lock: it decides under
    /// the lock whether they run.
    entrusted: FxHashSet<FunctionId>,
    /// Pairs of files that are never built together; found when they are first asked for.
    alternatives: OnceCell<FxHashSet<(FileId, FileId)>>,
}

/// A send that can come during or after a close.
#[derive(Clone, Copy, Debug)]
pub struct Meeting {
    /// The send.
    pub send: StepId,
    /// The close.
    pub close: StepId,
    /// How sure it is that both are about one channel.
    pub sameness: Sameness,
    /// Whether a call whose body is not in view stands before the close and may wait for the
    /// sender.
    pub may_be_awaited: bool,
}

impl<'p> Closings<'p> {
    /// Looks through a program.
    pub fn of(program: &'p Program) -> Closings<'p> {
        let mut once = FxHashMap::default();
        let mut entrusted = FxHashSet::default();
        for step in program.step_ids() {
            let Some(call) = program.call(step) else {
                continue;
            };
            if let Some(target) = call.target {
                let closures =
                    program.list(call.args).iter().filter_map(|&argument| {
                        match *program.kind(argument) {
                            ExprKind::Closure(closure) => Some(closure),
                            _ => None,
                        }
                    });
                let mut closures = closures.peekable();
                if closures.peek().is_some() && takes_a_lock(program, target, MAX_HANDED) {
                    entrusted.extend(closures);
                }
            }
            if call.api != Api::OnceDo {
                continue;
            }
            for &argument in program.list(call.args) {
                if let ExprKind::Closure(function) | ExprKind::Function(function, _) =
                    *program.kind(argument)
                {
                    once.insert(function, step);
                }
            }
        }
        Closings {
            program,
            once,
            entrusted,
            alternatives: OnceCell::new(),
        }
    }

    /// The program.
    pub fn program(&self) -> &'p Program {
        self.program
    }

    /// The function on whose behalf a function runs: closures that run on the spot, deferred or
    /// handed to a call, play the part of the function that they stand in.
    pub fn home(&self, mut function: FunctionId) -> FunctionId {
        let program = self.program;
        for _ in 0..16 {
            let FunctionKind::Closure(parent) = program.function(function).kind else {
                break;
            };
            if program.is_task(function) {
                break;
            }
            // Its parent, or a closure beside it that was given its name.
            let beside = program.closures_in(parent).iter().copied();
            let runner = std::iter::once(parent)
                .chain(beside)
                .find(|&runner| runner != function && program.runs(runner).contains(&function));
            match runner {
                Some(runner) => function = runner,
                None => break,
            }
        }
        function
    }

    /// The function on whose behalf a step runs.
    pub fn home_of(&self, step: StepId) -> FunctionId {
        self.home(self.program.function_of(step))
    }

    /// The channel expression of a send, receive, close or loop.
    pub fn channel_expr(&self, step: StepId) -> Option<ExprId> {
        match *self.program.op(step) {
            Op::Send { channel, .. } | Op::Receive { channel, .. } | Op::Close { channel } => {
                Some(channel)
            }
            Op::Loop(ref l) => match l.kind {
                super::LoopKind::Channel(over) => Some(over),
                _ => None,
            },
            _ => None,
        }
    }

    /// Every send that can meet this close.
    pub fn meetings(&self, channel: ObjectId, close: StepId) -> Vec<Meeting> {
        let sends = &self.program.object(channel).sends;
        sends
            .iter()
            .take(MAX_PAIRS)
            .filter_map(|&send| self.meeting(channel, send, close))
            .collect()
    }

    /// Whether a close stands on the receiving side: its function receives from the channel
    /// before, and sends nothing on it. The receive, where it does.
    pub fn received_before(&self, channel: ObjectId, close: StepId) -> Option<StepId> {
        let home = self.home_of(close);
        if let Some(found) = self.receives_in(channel, home, close) {
            return found;
        }
        // A helper that only closes plays its callers' part.
        let callers = &self.program.callers[home.index()];
        callers
            .iter()
            .take(8)
            .filter(|&&caller| matches!(self.program.op(caller), Op::Call(_)))
            .find_map(|&caller| {
                self.receives_in(channel, self.home_of(caller), caller)
                    .flatten()
            })
    }

    /// What a function does to a channel before a step: nothing at all, or it sends
    /// (`Some(None)`), or receives.
    fn receives_in(
        &self,
        channel: ObjectId,
        home: FunctionId,
        at: StepId,
    ) -> Option<Option<StepId>> {
        let program = self.program;
        let object = program.object(channel);
        if object.sends.iter().any(|&send| self.home_of(send) == home) {
            return Some(None);
        }
        let is_late =
            program.runs_deferred(at) && program.function_of(at) != home || program.is_deferred(at);
        let is_earlier = |&receive: &StepId| {
            self.home_of(receive) == home
                && (is_late
                    || program.is_before(receive, at)
                    || program
                        .enclosing_loop(at)
                        .is_some_and(|looped| program.is_inside(receive, looped)))
        };
        object.takes().find(is_earlier).map(Some)
    }

    /// Whether a close is only reached once its channel is closed: it stands behind a range over
    /// the channel that has no other end, or where a receive has said that it is closed.
    pub fn is_after_end(&self, channel: ObjectId, close: StepId) -> bool {
        let program = self.program;
        let ranged = program.object(channel).loops.iter().any(|&looped| {
            program.dominates(looped, close)
                && !program.is_inside(close, looped)
                && !program
                    .loop_exits(looped)
                    .iter()
                    .any(|(_, exit)| *exit == super::flow::Exit::Break)
        });
        ranged || self.is_told_closed(channel, close)
    }

    /// `v, ok := <-ch; if !ok { close(ch) }`.
    fn is_told_closed(&self, channel: ObjectId, close: StepId) -> bool {
        let program = self.program;
        program.ancestors(close).any(|(branch, owner)| {
            let Op::Branch { condition, .. } = *program.op(branch) else {
                return false;
            };
            let (tested, negated) = match *program.kind(condition) {
                ExprKind::Unary(super::UnaryOp::Not, inner) => (inner, true),
                _ => (condition, false),
            };
            let in_then = matches!(owner, super::Owner::Then(_));
            if in_then != negated {
                return false;
            }
            let ExprKind::Variable(variable) = *program.kind(tested) else {
                return false;
            };
            match program.variable(variable).init {
                super::Init::Part(value, 1) => match *program.kind(value) {
                    ExprKind::Received(step) => program.channel_of(step) == Some(channel),
                    _ => false,
                },
                _ => false,
            }
        })
    }
}

/// Whether a function takes a lock, or hands what it is given to one that does.
fn takes_a_lock(program: &Program, function: FunctionId, depth: u32) -> bool {
    let Some(depth) = depth.checked_sub(1) else {
        return false;
    };
    let is_given = |argument: &ExprId| {
        matches!(*program.kind(*argument), ExprKind::Variable(variable)
            if program.variable(variable).kind == VariableKind::Parameter
                && matches!(program.underlying(program.variable(variable).ty), Type::Function(..)))
    };
    program.steps_of(function).into_iter().any(|step| {
        program.call(step).is_some_and(|call| {
            matches!(call.api, Api::Lock(false))
                || call.target.is_some_and(|target| {
                    program.list(call.args).iter().any(is_given)
                        && takes_a_lock(program, target, depth)
                })
        })
    })
}
