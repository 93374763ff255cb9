//! Where those who would end a wait need the lock first.

use super::reached::Reached;
use super::{MAX_CALLS, Search};
use crate::model::held::Held;
use crate::model::{Api, ExprKind, FunctionId, ObjectId, Op, StepId};
use crate::rules::waits::{Wait, WaitKind};
use rustc_hash::FxHashSet;

impl Search<'_> {
    /// Where the task that would do `other` takes the lock before it gets there: earlier in its
    /// function, or between two turns of a loop.
    pub(super) fn needs(&mut self, other: StepId, held: Held, depth: u32) -> Option<StepId> {
        let depth = depth.checked_sub(1)?;
        let program = self.program;
        if held.reading && !self.has_writer(held.lock) {
            return None;
        }
        if let Some(own) = program
            .held_at(other)
            .iter()
            .find(|own| own.lock == held.lock)
        {
            return Some(own.since);
        }
        let function = program.function_of(other);
        let at_the_end = program.runs_deferred(other);
        let looped = program
            .enclosing_loop(other)
            .or_else(|| matches!(program.op(other), Op::Loop(_)).then_some(other));
        let found = self
            .leads_to_lock(function, held.lock)
            .into_iter()
            .find(|&step| {
                at_the_end
                    || program.is_before(step, other)
                        && !self.is_over_before(step, other, held.lock)
                    || looped.is_some_and(|looped| program.is_inside(step, looped))
            });
        if found.is_some() {
            return found;
        }
        if program.is_task(function) {
            return None;
        }
        let callers = program.callers[function.index()].clone();
        callers
            .into_iter()
            .find_map(|caller| match program.op(caller) {
                Op::Call(_) => self.needs(caller, held, depth),
                _ => None,
            })
    }

    /// The last call of a task in a group, where that takes the lock.
    pub(super) fn ends_in_lock(
        &mut self,
        wait: &Wait,
        other: StepId,
        held: Held,
    ) -> Option<StepId> {
        let program = self.program;
        let last = match *program.op(other) {
            Op::Return(values) => {
                let mut values = program.list(values).iter();
                values.find_map(|&value| program.call_of(value))?.0
            }
            Op::Call(ref call) if call.api != Api::GroupDone => other,
            _ => return None,
        };
        let is_group = wait.kind == WaitKind::Group;
        let takes = is_group.then(|| self.leads_to_lock(program.function_of(last), held.lock))?;
        takes.contains(&last).then_some(last)
    }

    /// Where whoever takes from the channel has left before its end and needs the lock, with its
    /// end of the channel still in hand: nobody makes room any more, and nobody is told.
    pub(super) fn leaves_for_lock(
        &mut self,
        found: &Reached,
        other: StepId,
        held: Held,
    ) -> Option<StepId> {
        let program = self.program;
        let wait = &found.wait;
        // One send behind a call may be the first into a channel that was made for it.
        if found.is_called && program.enclosing_loop(found.at).is_none() {
            return None;
        }
        let sends = wait.kind == WaitKind::Send || wait.kind == WaitKind::Select && wait.sends;
        let channel = wait
            .channel
            .filter(|_| sends && !wait.has_done && !wait.has_timeout)?;
        let function = program.function_of(other);
        let looped = match program.op(other) {
            Op::Loop(_) => other,
            _ => program.enclosing_loop(other)?,
        };
        // A loop that an iterator drives takes the receiver along.
        let keeps_it =
            !program.has_owners || looped != other || program.asynchronous.contains(&function);
        if !keeps_it
            || held.reading && !self.has_writer(held.lock)
            || !program.can_fail_before_the_end(channel, looped)
        {
            return None;
        }
        let gone = |step: StepId| {
            let mut closes = program.object(channel).closes.iter();
            closes.any(|&close| {
                program.function_of(close) == function && program.is_before(close, step)
            })
        };
        let takes = self.leads_to_lock(function, held.lock);
        takes.into_iter().find(|&step| {
            let is_later = program.is_before(looped, step) || program.is_deferred(step);
            is_later && !program.is_inside(step, looped) && !gone(step)
        })
    }

    /// A lock that is taken first thing, long before the task begins to wait in a loop of its
    /// own, was got before the two could meet.
    fn is_over_before(&self, step: StepId, other: StepId, _lock: ObjectId) -> bool {
        let program = self.program;
        match program.enclosing_loop(other) {
            Some(looped) => !program.is_inside(step, looped),
            None => matches!(program.op(other), Op::Loop(_)),
        }
    }

    fn has_writer(&self, lock: ObjectId) -> bool {
        self.program.object(lock).calls.iter().any(
            |&call| matches!(self.program.call(call), Some(call) if call.api == Api::Lock(false)),
        )
    }

    /// Steps of a function that take the lock, or run a function that does.
    fn leads_to_lock(&mut self, function: FunctionId, lock: ObjectId) -> Vec<StepId> {
        let lockers = self.lockers_of(lock);
        let program = self.program;
        let takes: FxHashSet<StepId> = program.object(lock).calls.iter().copied().collect();
        program
            .steps_of(function)
            .into_iter()
            .filter(|&step| match program.op(step) {
                Op::Call(call) => {
                    matches!(call.api, Api::Lock(_)) && takes.contains(&step)
                        || call.target.is_some_and(|target| lockers.contains(&target))
                        || !matches!(call.api, Api::TimerFunction | Api::ContextAfter)
                            && program.list(call.args).iter().any(|&argument| {
                                matches!(*program.kind(argument), ExprKind::Closure(closure) if lockers.contains(&closure))
                            })
                }
                _ => false,
            })
            .collect()
    }

    /// Functions on whose own task the lock is taken, a few calls deep.
    fn lockers_of(&mut self, lock: ObjectId) -> FxHashSet<FunctionId> {
        if let Some(known) = self.lockers.get(&lock) {
            return known.clone();
        }
        let program = self.program;
        let runners = self.runners.get_or_insert_with(|| {
            let mut runners = vec![Vec::new(); program.functions.len()];
            for function in program.function_ids() {
                for run in program.runs(function) {
                    runners[run.index()].push(function);
                }
            }
            runners
        });
        let mut found: FxHashSet<FunctionId> = program
            .object(lock)
            .calls
            .iter()
            .filter(|&&call| {
                matches!(program.call(call), Some(call) if matches!(call.api, Api::Lock(_)))
            })
            .map(|&call| program.function_of(call))
            .collect();
        let mut edge: Vec<FunctionId> = found.iter().copied().collect();
        for _ in 1..MAX_CALLS {
            let mut next = Vec::new();
            for function in edge {
                for &runner in &runners[function.index()] {
                    if found.insert(runner) {
                        next.push(runner);
                    }
                }
            }
            edge = next;
        }
        self.lockers.insert(lock, found.clone());
        found
    }

    /// Whether the task that is waited for has been ended from outside before: whatever it waits
    /// for, it is given up.
    pub(super) fn is_aborted(&self, found: &Reached) -> bool {
        let program = self.program;
        let function = program.function_of(found.at);
        let group = found
            .wait
            .channel
            .filter(|_| found.wait.kind == WaitKind::Group);
        group.is_some_and(|group| {
            let mut calls = program.object(group).calls.iter();
            calls.any(|&call| {
                let ends = matches!(program.call(call), Some(call) if call.api == Api::Cancel);
                ends && program.function_of(call) == function && program.is_before(call, found.at)
            })
        })
    }
}
