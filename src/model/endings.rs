//! Ends: loops that go on until a channel has ended, what runs only then, and what somebody cancels.

use super::{Api, BlockId, ExprId, ExprKind, Init, LoopKind, ObjectId, Op, Owner, Program, StepId};

/// How many names are followed to what was received.
const MAX_NAMES: u32 = 4;

impl Program {
    /// The loops that wait until a channel has ended, with no other way out but a failure.
    pub fn waits_for_the_end(&self, channel: ObjectId) -> Vec<StepId> {
        let object = self.object(channel);
        let plain = object.loops.iter().copied().filter(|&looped| {
            matches!(self.op(looped), Op::Loop(l) if matches!(l.kind, LoopKind::Channel(_)))
        });
        let mut loops: Vec<StepId> = plain.collect();
        for &receive in &object.receives {
            let looped = self.enclosing_loop(receive);
            loops.extend(looped.filter(|&looped| self.asks_for_the_end(channel, looped)));
        }
        loops.sort_unstable();
        loops.dedup();
        loops.retain(|&looped| {
            let mut exits = self.loop_exits(looped).into_iter();
            exits.all(|(exit, _)| {
                self.is_on_failure(exit) || self.is_at_the_end(channel, looped, exit)
            })
        });
        loops
    }

    /// Whether somebody ends what an object stands for, a task behind a handle or a context: by a
    /// call, or by a guard that is let go.
    pub fn is_cancelled(&self, object: ObjectId) -> bool {
        let mut calls = self.object(object).calls.iter();
        let mut guarded = self.ended_by_guards.iter();
        calls.any(|&call| self.call(call).is_some_and(|call| call.api == Api::Cancel))
            || guarded.any(|&of| self.object_of(of) == Some(object))
    }

    /// Whether an endless loop is left where a receive said that its channel has ended.
    fn asks_for_the_end(&self, channel: ObjectId, looped: StepId) -> bool {
        let mut exits = self.loop_exits(looped).into_iter();
        self.is_endless(looped) && exits.any(|(exit, _)| self.is_at_the_end(channel, looped, exit))
    }

    /// Whether a loop that waits for the end of a channel can also be left otherwise.
    pub fn can_fail_before_the_end(&self, channel: ObjectId, looped: StepId) -> bool {
        let mut exits = self.loop_exits(looped).into_iter();
        exits.any(|(exit, _)| !self.is_at_the_end(channel, looped, exit))
    }

    /// Whether a step in a loop runs only when a receive has said that the channel has ended.
    pub fn is_at_the_end(&self, channel: ObjectId, looped: StepId, step: StepId) -> bool {
        let mut block = self.step(step).block;
        loop {
            let owner = self.block(block).owner;
            let Some(around) = owner.step().filter(|&around| around != looped) else {
                return false;
            };
            if self.is_way_of_the_end(channel, (around, owner), block) {
                return true;
            }
            block = self.step(around).block;
        }
    }

    fn is_way_of_the_end(
        &self,
        channel: ObjectId,
        (around, owner): (StepId, Owner),
        block: BlockId,
    ) -> bool {
        let is_of_channel = |receive: StepId| self.channel_of(receive) == Some(channel);
        match (self.op(around), owner) {
            (&Op::Branch { condition, .. }, Owner::Else(_)) => {
                self.asked_for_more(condition).is_some_and(is_of_channel)
            }
            // The case for the end, of what came or of why nothing came.
            (&Op::Switch { subject, .. }, Owner::Case(..)) if self.at_end.contains(&block) => {
                let Some(subject) = subject else { return false };
                match self.kind(subject) {
                    ExprKind::Unknown => self.is_in_select_of(channel, around),
                    _ => self.received_as(subject).is_some_and(is_of_channel),
                }
            }
            (Op::Select(_), Owner::Arm(..)) => {
                self.at_end.contains(&block) && self.selects(channel, around)
            }
            _ => false,
        }
    }

    /// Whether a step stands in an arm of a select that receives from a channel.
    fn is_in_select_of(&self, channel: ObjectId, step: StepId) -> bool {
        let arm = self.ancestors(step).next();
        arm.is_some_and(|(select, owner)| {
            matches!(owner, Owner::Arm(..)) && self.selects(channel, select)
        })
    }

    fn selects(&self, channel: ObjectId, select: StepId) -> bool {
        let Op::Select(arms) = self.op(select) else {
            return false;
        };
        let mut taken = arms.iter().filter_map(|arm| arm.communication);
        taken.any(|step| {
            matches!(self.op(step), Op::Receive { .. }) && self.channel_of(step) == Some(channel)
        })
    }

    /// The receive of which a condition asks whether it yielded anything.
    fn asked_for_more(&self, condition: ExprId) -> Option<StepId> {
        match *self.kind(condition) {
            ExprKind::Variable(open) => match self.variable(open).init {
                Init::Part(value, 1) => self.received_as(value),
                _ => None,
            },
            // Of a result it is asked whether there is no error, of an option for its value.
            ExprKind::Binary(_, whole, nothing) if *self.kind(nothing) == ExprKind::Nil => {
                match *self.kind(whole) {
                    ExprKind::Variable(whole) if self.whole_outcomes.contains(&whole) => {
                        match self.variable(whole).init {
                            Init::Value(value) => self.received_as(value),
                            _ => None,
                        }
                    }
                    _ => None,
                }
            }
            _ => None,
        }
    }

    /// The receive that a value comes from as it is.
    fn received_as(&self, mut value: ExprId) -> Option<StepId> {
        for _ in 0..MAX_NAMES {
            match *self.kind(value) {
                ExprKind::Received(step) => return Some(step),
                ExprKind::Variable(variable) => match self.variable(variable).init {
                    Init::Value(first) => value = first,
                    _ => return None,
                },
                _ => return None,
            }
        }
        None
    }

    /// Whether the innermost branch around a step is taken when something has failed.
    pub fn is_on_failure(&self, step: StepId) -> bool {
        let branch = self.ancestors(step).find_map(|(at, owner)| match owner {
            Owner::Then(_) => Some((at, true)),
            Owner::Else(_) => Some((at, false)),
            // What is left of a failure is told apart further.
            Owner::Case(..) => Some((at, true)),
            _ => None,
        });
        branch.is_some_and(|(at, holds)| match *self.op(at) {
            Op::Branch { condition, .. } => self.failure_test(condition) == Some(holds),
            _ => false,
        })
    }
}
