//! Values that keep a channel open because a field of theirs is one of its senders.

use super::{
    Api, AssignHow, Direction, Discipline, ExprId, ExprKind, FunctionId, FunctionKind, NamedId,
    ObjectId, Op, Owner, Program, StepId, Type, VariableId, VariableKind,
};

/// How many callers of a loop's function are asked whether they are tasks.
const MAX_CALLERS: usize = 8;
/// How far it is followed who calls what sends.
const MAX_DEPTH: u32 = 3;

impl Program {
    /// A local value that was given a sender of a channel to keep, and is neither dropped nor
    /// handed on while a step waits for the end of the channel.
    pub(super) fn holder_alive_during(
        &self,
        channel: ObjectId,
        waits: StepId,
    ) -> Option<VariableId> {
        let holders = self.sender_fields(channel);
        if holders.is_empty() {
            return None;
        }
        let keeps = |step: &StepId| {
            let Op::Assign(assign) = self.op(*step) else {
                return None;
            };
            if assign.how != AssignHow::Define {
                return None;
            }
            self.assigned(assign).find_map(|(target, value)| {
                let ExprKind::Variable(holder) = *self.kind(target) else {
                    return None;
                };
                let is_alive = !self.moved.contains(&holder)
                    && self.is_before(*step, waits)
                    && self.follows(*step, waits);
                let is_holder = self
                    .named_of(self.variable(holder).ty)
                    .is_some_and(|named| holders.iter().any(|&(_, of)| of == named));
                (is_alive && is_holder && self.is_given_sender(channel, value)).then_some(holder)
            })
        };
        self.steps_of(self.function_of(waits))
            .iter()
            .find_map(keeps)
    }

    /// A local closure that took a sender of a channel along, and is neither dropped nor handed on
    /// while a step waits for the end of the channel: what a closure owns goes with it.
    pub(super) fn closure_alive_during(
        &self,
        channel: ObjectId,
        waits: StepId,
    ) -> Option<VariableId> {
        let runs_here = self.function_of(waits);
        let mut at = vec![waits];
        if self.is_closure(runs_here) && !self.is_task(runs_here) {
            at.extend(self.handed_to(runs_here));
        }
        at.into_iter().find_map(|waits| {
            self.steps_of(self.function_of(waits))
                .into_iter()
                .filter(|&step| self.is_before(step, waits) && self.follows(step, waits))
                .find_map(|step| self.closure_with_sender(channel, step))
        })
    }

    /// The variable that a step defines as a closure to which a sender of a channel has been moved.
    fn closure_with_sender(&self, channel: ObjectId, step: StepId) -> Option<VariableId> {
        let Op::Assign(assign) = self.op(step) else {
            return None;
        };
        if assign.how != AssignHow::Define {
            return None;
        }
        let takes_along = |closure: FunctionId, sender: VariableId| {
            let place = self.function(closure).span;
            let (mut inside, mut behind) = (false, false);
            for &use_of in self.occurrences(sender) {
                let at = self.expr(use_of).span;
                inside |= place.contains(at);
                behind |= at.file == place.file && at.start > place.end;
            }
            inside && !behind
        };
        self.assigned(assign).find_map(|(target, value)| {
            let mut value = value;
            while let ExprKind::Convert(_, inner) | ExprKind::Reference(inner) = *self.kind(value) {
                value = inner;
            }
            let (&ExprKind::Variable(holder), &ExprKind::Closure(closure)) =
                (self.kind(target), self.kind(value))
            else {
                return None;
            };
            let mut senders = self.object(channel).variables.iter().copied();
            let is_alive = !self.moved.contains(&holder)
                && senders.any(|sender| {
                    self.is_made_sender(sender)
                        && self.moved.contains(&sender)
                        && takes_along(closure, sender)
                });
            is_alive.then_some(holder)
        })
    }

    /// The fields that hold a sender of a channel for as long as their value lives: nothing takes
    /// it out or puts another in its place. With the types that have them.
    fn sender_fields(&self, channel: ObjectId) -> Vec<(VariableId, NamedId)> {
        let written: Vec<VariableId> = self
            .object(channel)
            .writes
            .iter()
            .filter_map(|&write| match self.op(write) {
                Op::Assign(assign) => Some(self.list(assign.targets)),
                _ => None,
            })
            .flatten()
            .filter_map(|&target| self.variable_or_field(target))
            .collect();
        self.object(channel)
            .variables
            .iter()
            .filter_map(|&variable| {
                let VariableKind::Field(named) = self.variable(variable).kind else {
                    return None;
                };
                let stays = !self.moved.contains(&variable) && !written.contains(&variable);
                (stays && self.is_sender_type(variable)).then_some((variable, named))
            })
            .collect()
    }

    fn is_sender_type(&self, variable: VariableId) -> bool {
        let ty = self.variable(variable).ty;
        matches!(
            self.underlying(ty),
            Type::Channel(
                _,
                Direction::Send,
                Discipline::Owned | Discipline::Unbounded
            )
        )
    }

    fn named_of(&self, mut ty: super::TypeId) -> Option<NamedId> {
        loop {
            match *self.ty(ty) {
                Type::Named(named) => return Some(named),
                Type::Pointer(inner) => ty = inner,
                _ => return None,
            }
        }
    }

    /// Whether a literal, or a function of the unit that makes a value, is handed a sender.
    fn is_given_sender(&self, channel: ObjectId, value: ExprId) -> bool {
        let given = match *self.kind(value) {
            ExprKind::Composite(_, values, _) => values,
            ExprKind::Call(step) => match self.call(step) {
                Some(call) if call.target.is_some() => call.args,
                _ => return false,
            },
            ExprKind::Reference(inner) => return self.is_given_sender(channel, inner),
            _ => return false,
        };
        self.list(given).iter().any(|&part| {
            self.object_of(part) == Some(channel)
                && self
                    .variable_or_field(part)
                    .is_none_or(|part| self.is_sender_type(part))
        })
    }

    /// The field that keeps a channel open while a method that has its value for itself waits for the
    /// end of the channel: only methods of the same type send or start what sends, and they have
    /// done so when the wait begins.
    pub fn sender_of_self_during(&self, channel: ObjectId, waits: StepId) -> Option<VariableId> {
        let function = self.function_of(waits);
        let named = self.keeps_itself_open(channel, waits)?;
        let sends = &self.object(channel).sends;
        let is_last = self.alone.exclusive.contains(&function)
            && !sends.is_empty()
            && sends.iter().all(|&send| {
                self.is_run_by(named, self.function_of(send), MAX_DEPTH)
                    && self.comes_to_an_end(send)
            })
            && !self.is_open_for_sending(channel)
            && !self.sends_more_in(waits, sends);
        let (field, _) = self
            .sender_fields(channel)
            .into_iter()
            .find(|&(_, of)| of == named)?;
        is_last.then_some(field)
    }

    /// Whether a function is a method of a type, or runs for such methods alone.
    fn is_run_by(&self, named: NamedId, function: FunctionId, depth: u32) -> bool {
        let home = self.outermost(function);
        if matches!(self.function(home).kind, FunctionKind::Method(_, of) if of == named) {
            return true;
        }
        let callers = &self.callers[home.index()];
        depth > 0
            && !self.function(home).exported
            && !callers.is_empty()
            && callers
                .iter()
                .all(|&caller| self.is_run_by(named, self.function_of(caller), depth - 1))
    }

    /// Whether no loop around a step goes on for ever.
    fn comes_to_an_end(&self, step: StepId) -> bool {
        let around = std::iter::successors(self.enclosing_loop(step), |&looped| {
            self.enclosing_loop(looped)
        });
        let mut around = around.filter(|&looped| self.is_endless(looped));
        around.all(|looped| !self.loop_exits(looped).is_empty())
    }

    /// Whether a loop itself sends, or starts what does.
    fn sends_more_in(&self, looped: StepId, sends: &[StepId]) -> bool {
        let Op::Loop(l) = self.op(looped) else {
            return false;
        };
        let mut senders: Vec<FunctionId> = Vec::new();
        for &send in sends {
            let sender = self.function_of(send);
            senders.extend([sender, self.outermost(sender)]);
            let starts = self.callers[sender.index()].iter();
            senders.extend(starts.map(|&start| self.function_of(start)));
        }
        self.steps_in(l.body).into_iter().any(|step| {
            let target = match self.op(step) {
                Op::Call(call) => call.target,
                Op::Spawn(spawn) => spawn.target,
                _ => None,
            };
            sends.contains(&step)
                || target.is_some_and(|target| {
                    self.reach(target)
                        .iter()
                        .any(|reached| senders.contains(reached))
                })
        })
    }

    /// The tasks that are over when a loop is: those that run its function, and those that are no
    /// more than a call of it.
    pub fn tasks_around(&self, looped: StepId) -> Vec<FunctionId> {
        let function = self.function_of(looped);
        let mut tasks = vec![function];
        for &caller in self.callers[function.index()].iter().take(MAX_CALLERS) {
            let by = self.function_of(caller);
            let is_plain = self.always_runs(caller) && matches!(self.op(caller), Op::Call(_));
            if is_plain && self.is_task(by) {
                tasks.push(by);
            }
        }
        tasks
    }

    /// Where somebody waits, as long as it takes, for the tasks that run a function and that nobody
    /// ends from outside.
    pub fn joins_of(&self, task: FunctionId) -> Vec<StepId> {
        let mut joins = Vec::new();
        for &spawn in self.spawned_at(task) {
            let group = self
                .spawn(spawn)
                .and_then(|spawn| spawn.group)
                .and_then(|group| self.object_of(group));
            let Some(group) = group else { continue };
            let calls = &self.object(group).calls;
            let is = |step: &StepId, api: Api| self.call(*step).is_some_and(|call| call.api == api);
            if !calls.iter().any(|call| is(call, Api::Cancel)) {
                joins.extend(calls.iter().filter(|call| is(call, Api::GroupWait)));
            }
        }
        joins
    }

    /// The field that keeps a channel open while a method waits for the task whose loop ends with
    /// the channel: it is a field of what the method is called on.
    pub fn sender_kept_during(
        &self,
        channel: ObjectId,
        looped: StepId,
        join: StepId,
    ) -> Option<VariableId> {
        let object = self.object(channel);
        let function = self.function_of(join);
        let FunctionKind::Method(_, named) = self.function(function).kind else {
            return None;
        };
        let is_one_of_several = |step: StepId| {
            self.ancestors(step)
                .any(|(_, owner)| matches!(owner, Owner::Guard(..)))
        };
        if object.makes.len() != 1
            || !object.closes.is_empty()
            || is_one_of_several(join)
            || is_one_of_several(looped)
        {
            return None;
        }
        let (field, _) = self
            .sender_fields(channel)
            .into_iter()
            .find(|&(_, of)| of == named)?;
        // What is sent before the wait may be what makes the loop fail, and so end.
        let may_fail = self.can_fail_before_the_end(channel, looped);
        let lets_go = self
            .steps_of(function)
            .into_iter()
            .any(|step| match *self.op(step) {
                Op::Send { .. } => may_fail && self.channel_of(step) == Some(channel),
                _ => self
                    .mentions_of(step)
                    .into_iter()
                    .any(|value| self.object_of(value) == Some(channel)),
            });
        (!lets_go).then_some(field)
    }
}
