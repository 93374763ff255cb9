//! Where code waits before it goes on: for a time, for a tick, for somebody else.

use super::weight::READS;
use crate::model::channels::{ArmKind, Source};
use crate::model::{
    Api, Arm, Call, ExprId, ExprKind, FunctionId, Library, Op, Program, StepId, Type,
};
use crate::rules::waits::is_behind_timer_stop;
use rustc_hash::FxHashMap;
use std::cell::RefCell;

/// The most steps of a function that does nothing but wait.
const HELPER_STEPS: usize = 80;
/// How deep such functions are followed.
const HELPER_DEPTH: u32 = 3;

/// A wait.
#[derive(Clone, Debug)]
pub(super) enum Pause {
    /// For a time.
    Timed {
        /// Where.
        at: StepId,
        /// How long; empty: not in view.
        times: Vec<ExprId>,
        /// Nothing ends it early.
        deaf: bool,
    },
    /// A call of a function in view that only waits.
    Helper {
        /// The call.
        at: StepId,
        /// How it waits.
        inner: Vec<Pause>,
    },
    /// A call that waits by its name.
    Named {
        /// The call.
        at: StepId,
    },
    /// For a ticker.
    Tick,
    /// For somebody else.
    Event,
    /// A library decides.
    Library,
}

/// Knows the waits of a program.
pub(super) struct Pauses<'p> {
    pub program: &'p Program,
    helpers: RefCell<FxHashMap<FunctionId, Option<Vec<Pause>>>>,
}

impl<'p> Pauses<'p> {
    pub fn new(program: &'p Program) -> Pauses<'p> {
        Pauses {
            program,
            helpers: RefCell::default(),
        }
    }

    /// The wait that a step is, if it is one.
    pub fn of_step(&self, step: StepId) -> Option<Pause> {
        self.within(step, HELPER_DEPTH)
    }

    fn within(&self, step: StepId, depth: u32) -> Option<Pause> {
        match self.program.op(step) {
            Op::Call(call) => self.call(step, call, depth),
            Op::Receive { .. } if is_behind_timer_stop(self.program, step) => None,
            Op::Receive { channel, .. } => Some(match self.program.channel_source(*channel) {
                Source::Timer(time) => Pause::Timed {
                    at: step,
                    times: self.times(*channel, time),
                    deaf: true,
                },
                Source::Ticker => Pause::Tick,
                _ => Pause::Event,
            }),
            Op::Select(_) => self.select(step),
            _ => None,
        }
    }

    fn call(&self, step: StepId, call: &Call, depth: u32) -> Option<Pause> {
        match call.api {
            Api::Sleep => Some(Pause::Timed {
                at: step,
                times: self
                    .program
                    .list(call.args)
                    .first()
                    .copied()
                    .into_iter()
                    .collect(),
                deaf: true,
            }),
            Api::RateWait | Api::ConditionWait => Some(Pause::Event),
            Api::BackoffRetry => Some(Pause::Library),
            Api::Other => match call.target {
                Some(target) => self.helper(target, depth).map(|inner| {
                    match inner.iter().any(|pause| matches!(pause, Pause::Library)) {
                        true => Pause::Library,
                        false => Pause::Helper { at: step, inner },
                    }
                }),
                None => self.by_name(step, call),
            },
            _ => None,
        }
    }

    fn by_name(&self, step: StepId, call: &Call) -> Option<Pause> {
        let name = self.program.callee_name(call.callee).to_ascii_lowercase();
        if call
            .receiver
            .is_some_and(|receiver| self.is_policy(receiver))
        {
            return Some(Pause::Library);
        }
        if name == "sleep" {
            let times = self
                .program
                .list(call.args)
                .iter()
                .copied()
                .filter(|&argument| !self.is_context(argument))
                .collect();
            let deaf = !self.takes_context(call);
            return Some(Pause::Timed {
                at: step,
                times,
                deaf,
            });
        }
        let is_pause = matches!(name.as_str(), "wait" | "pause" | "delay" | "backoff")
            || name.contains("sleep")
            || name.contains("backoff");
        let is_value = matches!(
            self.program.underlying(self.program.expr(call.callee).ty),
            Type::Library(Library::Duration)
        );
        (is_pause && !is_value).then_some(Pause::Named { at: step })
    }

    /// Whether a value's name says that it decides about tries and waits.
    fn is_policy(&self, id: ExprId) -> bool {
        let name = self.program.callee_name(id).to_ascii_lowercase();
        matches!(
            name.as_str(),
            "retry" | "retrier" | "retryer" | "retries" | "backoff" | "bo" | "boff" | "backoffer"
        ) || name.ends_with("backoff")
            || name.ends_with("retrier")
    }

    fn takes_context(&self, call: &Call) -> bool {
        self.program
            .list(call.args)
            .iter()
            .any(|&argument| self.is_context(argument))
    }

    fn is_context(&self, id: ExprId) -> bool {
        self.program.library(self.program.expr(id).ty) == Some(Library::Context)
    }

    /// How a function waits that does nothing else.
    fn helper(&self, function: FunctionId, depth: u32) -> Option<Vec<Pause>> {
        let depth = depth.checked_sub(1)?;
        if let Some(known) = self.helpers.borrow().get(&function) {
            return known.clone();
        }
        // Recursion finds nothing.
        self.helpers.borrow_mut().insert(function, None);
        let found = self.inner_pauses(function, depth);
        self.helpers.borrow_mut().insert(function, found.clone());
        found
    }

    fn inner_pauses(&self, function: FunctionId, depth: u32) -> Option<Vec<Pause>> {
        let program = self.program;
        let steps = program.steps_of(function);
        if steps.len() > HELPER_STEPS {
            return None;
        }
        let mut found = Vec::new();
        for &step in &steps {
            if program.select_of(step).is_some() {
                continue;
            }
            match self.within(step, depth) {
                // A library that does the work and waits between its tries does more than wait.
                Some(Pause::Library) if self.does_work(step) => return None,
                Some(pause) => {
                    let is_for_time = matches!(
                        pause,
                        Pause::Timed { .. }
                            | Pause::Helper { .. }
                            | Pause::Named { .. }
                            | Pause::Library
                    );
                    if !is_for_time || program.enclosing_loop(step).is_some() {
                        return None;
                    }
                    found.push(pause);
                }
                None if self.may_fail(step) => return None,
                None => {}
            }
        }
        (!found.is_empty()).then_some(found)
    }

    fn does_work(&self, step: StepId) -> bool {
        let call = self.program.call(step);
        call.is_some_and(|call| call.api == Api::BackoffRetry && call.args.len > 0)
    }

    /// Whether a step keeps the error of a call that does something.
    fn may_fail(&self, step: StepId) -> bool {
        let program = self.program;
        let does_something = |value: ExprId| {
            program.call_of(value).is_some_and(|(step, call)| {
                matches!(call.api, Api::Other | Api::Outbound) && self.within(step, 1).is_none()
            })
        };
        match program.op(step) {
            Op::Assign(assign) => {
                program
                    .list(assign.targets)
                    .iter()
                    .any(|&target| program.is_error(target))
                    && program
                        .list(assign.values)
                        .iter()
                        .any(|&value| does_something(value))
            }
            Op::Return(values) => program
                .list(*values)
                .iter()
                .any(|&value| program.is_error(value) && does_something(value)),
            _ => false,
        }
    }

    /// Whether an arm waits for what a call yields that is no channel.
    fn is_call(&self, arm: &Arm) -> bool {
        match arm.communication.map(|step| self.program.op(step)) {
            Some(&Op::Receive { channel, checked }) if !checked => {
                let call = self.program.call_of(channel);
                call.is_some_and(|(_, call)| {
                    let name = self.program.callee_name(call.callee).to_ascii_lowercase();
                    !READS.iter().any(|read| name.starts_with(read))
                })
            }
            _ => false,
        }
    }

    fn select(&self, step: StepId) -> Option<Pause> {
        let program = self.program;
        let arms = program.arms(step);
        let has = |wanted: ArmKind| arms.iter().any(|(_, kind)| *kind == wanted);
        if has(ArmKind::Default) || arms.is_empty() {
            return None;
        }
        if has(ArmKind::Tick) {
            return Some(Pause::Tick);
        }
        let leaves = |block| {
            program
                .steps_in(block)
                .into_iter()
                .any(|inner| matches!(program.op(inner), Op::Return(_) | Op::Break(Some(_))))
        };
        // A call that something else may end is a call, and no wait.
        let mut calls = arms
            .iter()
            .filter(|(arm, kind)| *kind == ArmKind::Receive && self.is_call(arm));
        let called = calls.next().map(|(arm, _)| arm.span);
        let is_limit = |(arm, kind): &(&Arm, ArmKind)| match kind {
            ArmKind::Timeout | ArmKind::Done => true,
            ArmKind::Receive => Some(arm.span) == called || leaves(arm.body),
            _ => false,
        };
        if called.is_some() && calls.next().is_none() && arms.iter().all(is_limit) {
            return None;
        }
        let mut times = Vec::new();
        let mut hears = false;
        let mut is_timed = false;
        for (arm, kind) in &arms {
            match (kind, arm.communication.map(|step| program.op(step))) {
                (ArmKind::Timeout, Some(Op::Receive { channel, .. })) => {
                    is_timed = true;
                    if let Source::Timer(time) = program.channel_source(*channel) {
                        times.extend(self.times(*channel, time));
                    }
                }
                (ArmKind::Done, _) => hears = true,
                (ArmKind::Receive, _) if leaves(arm.body) => hears = true,
                _ => return Some(Pause::Event),
            }
        }
        Some(match is_timed {
            true => Pause::Timed {
                at: step,
                times,
                deaf: !hears,
            },
            false => Pause::Event,
        })
    }

    /// How long a timer runs: as it was made, and as it is set again.
    fn times(&self, channel: ExprId, made: Option<ExprId>) -> Vec<ExprId> {
        let program = self.program;
        let mut times: Vec<ExprId> = made.into_iter().collect();
        if let ExprKind::Field(timer, _) | ExprKind::Member(timer, _) = *program.kind(channel)
            && let Some(object) = program.object_of(timer)
        {
            times.extend(program.object(object).calls.iter().filter_map(|&step| {
                let call = program.call(step)?;
                (call.api == Api::TimerControl).then_some(())?;
                program.list(call.args).first().copied()
            }));
        }
        times
    }
}
