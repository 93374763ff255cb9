//! Channels that end with their owners: who keeps one open, and how its receiving side leaves.

use super::channels::ArmKind;
use super::{
    Direction, ExprId, ExprKind, Init, LoopKind, NamedId, ObjectId, Op, Program, StepId, Type,
    VariableId, VariableKind,
};

impl Program {
    /// A local sender that is neither dropped nor handed on while a loop waits for the end of the
    /// channel: it is what keeps the channel open.
    pub fn sender_alive_during(&self, channel: ObjectId, waits: StepId) -> Option<VariableId> {
        let around = self.outermost(self.function_of(waits));
        self.object(channel)
            .variables
            .iter()
            .copied()
            .find(|&variable| {
                self.is_made_sender(variable)
                    && !self.moved.contains(&variable)
                    && self
                        .variable(variable)
                        .function
                        .is_some_and(|of| of == self.function_of(waits) || of == around)
                    && self.is_in_scope_at(variable, waits)
            })
            .or_else(|| self.holder_alive_during(channel, waits))
            .or_else(|| self.closure_alive_during(channel, waits))
    }

    /// The sender that the making of a channel yields, or a clone of it with a name of its own.
    pub(super) fn is_made_sender(&self, variable: VariableId) -> bool {
        let of = self.variable(variable);
        let is_sender = matches!(self.underlying(of.ty), Type::Channel(_, Direction::Send, _));
        of.kind == VariableKind::Local && is_sender && matches!(of.init, Init::Value(_))
    }

    /// Whether the block in which a variable is declared is still open at a step behind it: that
    /// block stands around the step.
    fn is_in_scope_at(&self, variable: VariableId, step: StepId) -> bool {
        let declared = self
            .steps_of(self.function_of(step))
            .into_iter()
            .find(|&at| {
                matches!(self.op(at), Op::Assign(assign) if assign.how == super::AssignHow::Define
                && self.list(assign.targets).iter().any(|&target| {
                    *self.kind(target) == ExprKind::Variable(variable)
                }))
            });
        declared
            .is_some_and(|declared| self.is_before(declared, step) && self.follows(declared, step))
    }

    /// Whether the function of a step has a receiver of a channel that nobody takes from it: its
    /// own, or a field of what it is a method of. While that is there a send reaches somebody.
    pub fn receiver_alive_at(&self, channel: ObjectId, step: StepId) -> bool {
        let function = self.function_of(step);
        self.object(channel).variables.iter().any(|&variable| {
            let of = self.variable(variable);
            let is_receiver = matches!(
                self.underlying(of.ty),
                Type::Channel(_, Direction::Receive, _)
            );
            is_receiver
                && !self.moved.contains(&variable)
                && match of.kind {
                    VariableKind::Parameter => of.function == Some(function),
                    VariableKind::Local => {
                        of.function == Some(function) && self.is_in_scope_at(variable, step)
                    }
                    VariableKind::Field(named) => matches!(
                        self.function(function).kind,
                        super::FunctionKind::Method(_, owner) if owner == named
                    ),
                    _ => false,
                }
        })
    }

    /// The type that receives in a loop of its own method and holds a sender of the same channel
    /// beside the receiver: its loop keeps itself alive.
    pub fn keeps_itself_open(&self, channel: ObjectId, waits: StepId) -> Option<NamedId> {
        let function = self.outermost(self.function_of(waits));
        let super::FunctionKind::Method(_, named) = self.function(function).kind else {
            return None;
        };
        let of_type = |direction: Direction| {
            self.object(channel).variables.iter().any(|&variable| {
                let of = self.variable(variable);
                of.kind == VariableKind::Field(named)
                    && !self.moved.contains(&variable)
                    && matches!(self.underlying(of.ty), Type::Channel(_, is, _) if *is == direction)
            })
        };
        // A task that has a receiver of its own keeps nothing of what started it.
        let through_field = self
            .waited_on(channel, waits)
            .is_some_and(|on| match *self.kind(on) {
                ExprKind::Variable(local) => matches!(self.variable(local).init, Init::Value(value)
                if matches!(self.kind(value), ExprKind::Field(..))),
                _ => true,
            });
        // Who takes the value apart can let go of the sender by a name of its own.
        let lets_go = || {
            self.object(channel).variables.iter().any(|&variable| {
                let of = self.variable(variable);
                of.function == Some(function)
                    && self.moved.contains(&variable)
                    && matches!(of.init, Init::Value(value)
                        if matches!(self.kind(value), ExprKind::Field(..))
                            && !self.alone.copied.contains(&value))
                    && matches!(self.underlying(of.ty), Type::Channel(_, Direction::Send, _))
            })
        };
        let has_both = through_field && of_type(Direction::Send) && of_type(Direction::Receive);
        (has_both && !lets_go()).then_some(named)
    }

    /// Whether the function of a spawn goes on behind it until nobody can send any more on a channel
    /// that it has made and does not send on: it waits for whoever it has handed the sender to.
    pub fn drains_behind(&self, spawn: StepId) -> bool {
        let starter = self.function_of(spawn);
        let is_own = |of: StepId| {
            let function = self.function_of(of);
            function == starter || self.is_within(function, starter) && !self.is_task(function)
        };
        self.has_owners
            && self.object_ids().any(|channel| {
                let object = self.object(channel);
                let is_made_here = object
                    .makes
                    .iter()
                    .any(|&made| self.function_at(self.expr(made).span) == Some(starter));
                is_made_here
                    && object.takes().any(|take| {
                        let is_loop = matches!(self.op(take), Op::Loop(_));
                        (is_loop || self.enclosing_loop(take).is_some())
                            && is_own(take)
                            && self.is_before(spawn, take)
                    })
                    && !object.sends.iter().any(|&send| is_own(send))
            })
    }

    /// A channel as a receive names it, a loop over it, or a loop around a receive.
    fn waited_on(&self, channel: ObjectId, waits: StepId) -> Option<ExprId> {
        match *self.op(waits) {
            Op::Receive { channel, .. } => Some(channel),
            Op::Loop(ref l) => match l.kind {
                LoopKind::Channel(over) => Some(over),
                _ => {
                    let mut within = self.object(channel).receives.iter().copied();
                    let receive = within.find(|&it| self.enclosing_loop(it) == Some(waits))?;
                    self.waited_on(channel, receive)
                }
            },
            _ => None,
        }
    }

    /// Where the receiving side of a channel leaves although senders may still be there: it
    /// closes, or its loop ends on a signal.
    pub fn receiver_leaves(&self, channel: ObjectId) -> Option<StepId> {
        let object = self.object(channel);
        let closed = object.closes.first().copied();
        closed.or_else(|| {
            object.receives.iter().copied().find_map(|receive| {
                let (select, _) = self.select_of(receive)?;
                let looped = self.enclosing_loop(select)?;
                let exits = self.loop_exits(looped);
                self.arms(select)
                    .iter()
                    .filter(|(_, kind)| *kind == ArmKind::Done)
                    .find_map(|(arm, _)| {
                        let leaves = |&(exit, _): &(StepId, super::flow::Exit)| {
                            self.step(exit).block == arm.body
                                || self
                                    .ancestors(exit)
                                    .any(|(_, owner)| self.block(arm.body).owner == owner)
                        };
                        exits
                            .iter()
                            .find(|exit| leaves(exit))
                            .map(|&(exit, _)| exit)
                    })
            })
        })
    }

    /// Whether it is the sending end that a close ends, which some libraries have: who does that
    /// says that there is no more.
    pub fn is_ended_by_sender(&self, close: StepId) -> bool {
        matches!(*self.op(close), Op::Close { channel: end }
            if matches!(self.underlying(self.expr(end).ty), Type::Channel(_, Direction::Send, _)))
    }
}
