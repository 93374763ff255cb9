//! What is known of a channel: where it comes from, how much room it has, what a select's arm
//! waits for.

use super::{
    Api, Discipline, ExprId, ExprKind, Library, ObjectId, Op, Program, StepId, Type, TypeId,
    VariableKind,
};

/// Where an expression that is sent to or received from comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// A channel that code shares.
    Object(ObjectId),
    /// Closes when a context ends; the context, where it is known.
    Done(Option<ExprId>),
    /// Yields once, after a time; the time, where it is known.
    Timer(Option<ExprId>),
    /// Yields again and again.
    Ticker,
    /// Not in view.
    Unknown,
}

/// How many elements a channel has room for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Capacity {
    /// None: each send waits for its receive.
    Rendezvous,
    /// This many.
    Known(u64),
    /// A number that is computed when the code runs.
    Computed(ExprId),
    /// Any number: no send waits.
    Unbounded,
    /// No `make` is in view.
    Unknown,
}

/// What an arm of a select waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ArmKind {
    /// Nothing: taken when no other arm is ready.
    Default,
    /// Room for a send.
    Send,
    /// A value.
    Receive,
    /// The end of a context, or the close of a channel that only signals.
    Done,
    /// The end of a time.
    Timeout,
    /// The next tick.
    Tick,
}

/// Words in the names of channels that only say that something is over.
const ENDS: &[&str] = &[
    "done", "quit", "stop", "exit", "clos", "shutdown", "cancel", "die", "dying", "dead", "term",
    "kill", "abort", "finish", "drain",
];

impl Program {
    /// Where a channel expression comes from.
    pub fn channel_source(&self, id: ExprId) -> Source {
        match *self.kind(id) {
            ExprKind::Call(step) => self.source_of_call(id, step),
            ExprKind::Field(base, _) | ExprKind::Member(base, _) => {
                match self.library(self.expr(base).ty) {
                    Some(Library::Ticker) => Source::Ticker,
                    Some(Library::Timer) => Source::Timer(self.timer_duration(base)),
                    _ => self.shared(id),
                }
            }
            _ => self.shared(id),
        }
    }

    fn shared(&self, id: ExprId) -> Source {
        let Some(object) = self.object_of(id) else {
            return Source::Unknown;
        };
        // A local that holds what `ctx.Done()` or `time.After` yielded.
        for &variable in &self.object(object).variables {
            if let super::Init::Value(value) = self.variable(variable).init
                && let ExprKind::Call(step) = *self.kind(value)
                && let Op::Call(call) = self.op(step)
            {
                match call.api {
                    Api::ContextDone => return Source::Done(call.receiver),
                    Api::TimerChannel => {
                        return Source::Timer(self.list(call.args).first().copied());
                    }
                    Api::TickerChannel => return Source::Ticker,
                    _ => {}
                }
            }
        }
        Source::Object(object)
    }

    fn source_of_call(&self, id: ExprId, step: StepId) -> Source {
        let Op::Call(call) = self.op(step) else {
            return Source::Unknown;
        };
        match call.api {
            Api::ContextDone => Source::Done(call.receiver),
            Api::SignalNotify if self.has_owners => Source::Done(None),
            Api::TimerChannel => Source::Timer(self.list(call.args).first().copied()),
            Api::TickerChannel => Source::Ticker,
            _ => match self.object_of(id) {
                Some(object) => Source::Object(object),
                None if is_end_name(&self.callee_name(call.callee)) => Source::Done(call.receiver),
                None => Source::Unknown,
            },
        }
    }

    /// The last part of what is called.
    pub fn callee_name(&self, callee: ExprId) -> String {
        let name = match *self.kind(callee) {
            ExprKind::Member(_, name) | ExprKind::Name(name) | ExprKind::Qualified(_, name) => name,
            ExprKind::Function(function, _) => self.function(function).name,
            ExprKind::Variable(variable) | ExprKind::Field(_, variable) => {
                self.variable(variable).name
            }
            _ => return String::new(),
        };
        self.text(name).to_owned()
    }

    fn timer_duration(&self, timer: ExprId) -> Option<ExprId> {
        let object = self.object_of(timer)?;
        self.object(object).variables.iter().find_map(|&variable| {
            match self.variable(variable).init {
                super::Init::Value(value) => match *self.kind(value) {
                    ExprKind::Call(step) => match self.op(step) {
                        Op::Call(call) if call.api == Api::TimerNew => {
                            self.list(call.args).first().copied()
                        }
                        _ => None,
                    },
                    _ => None,
                },
                _ => None,
            }
        })
    }

    /// Whether a channel is only lent for a call: a parameter that nobody in view makes.
    pub fn is_lent(&self, id: ObjectId) -> bool {
        let object = self.object(id);
        object.makes.is_empty()
            && object
                .variables
                .iter()
                .all(|&variable| self.variable(variable).kind == VariableKind::Parameter)
    }

    /// Whether an object is a channel.
    pub fn is_channel(&self, id: ObjectId) -> bool {
        let object = self.object(id);
        object.is_channel_by_use()
            || !object.loops.is_empty()
            || object
                .makes
                .iter()
                .any(|&made| matches!(self.kind(made), ExprKind::MakeChannel(..)))
            || object.variables.iter().any(|&variable| {
                matches!(
                    self.underlying(self.variable(variable).ty),
                    Type::Channel(..)
                )
            })
    }

    /// How much room a channel has; the least, where it is made in several places.
    pub fn capacity(&self, id: ObjectId) -> Capacity {
        if !self.discipline(id).waits() {
            return Capacity::Unbounded;
        }
        let mut least = Capacity::Unknown;
        for &made in &self.object(id).makes {
            let ExprKind::MakeChannel(_, size, _) = *self.kind(made) else {
                continue;
            };
            let here = match size {
                None => Capacity::Rendezvous,
                Some(size) => match self.constant_int(size) {
                    Some(0) => Capacity::Rendezvous,
                    Some(value) => Capacity::Known(value.max(0) as u64),
                    None => Capacity::Computed(size),
                },
            };
            least = match (least, here) {
                (Capacity::Unknown, here) => here,
                (Capacity::Known(a), Capacity::Known(b)) => Capacity::Known(a.min(b)),
                (Capacity::Rendezvous, _) | (_, Capacity::Rendezvous) => Capacity::Rendezvous,
                (Capacity::Computed(a), _) | (_, Capacity::Computed(a)) => Capacity::Computed(a),
                (known, Capacity::Unknown | Capacity::Unbounded) => known,
                (Capacity::Unbounded, here) => here,
            };
        }
        least
    }

    /// How a channel behaves: as it was made, else as the types of its ends say.
    pub fn discipline(&self, id: ObjectId) -> Discipline {
        let object = self.object(id);
        let made = object
            .makes
            .iter()
            .find_map(|&made| match *self.kind(made) {
                ExprKind::MakeChannel(_, _, discipline) => Some(discipline),
                _ => None,
            });
        let of_type = || {
            object.variables.iter().find_map(|&variable| {
                match *self.underlying(self.variable(variable).ty) {
                    Type::Channel(_, _, discipline) => Some(discipline),
                    _ => None,
                }
            })
        };
        made.or_else(of_type).unwrap_or(match self.has_owners {
            true => Discipline::Owned,
            false => Discipline::Closed,
        })
    }

    /// The type of a channel's elements.
    pub fn element_type(&self, id: ObjectId) -> TypeId {
        let object = self.object(id);
        let of_make = object
            .makes
            .iter()
            .find_map(|&made| match *self.kind(made) {
                ExprKind::MakeChannel(element, ..) => Some(element),
                _ => None,
            })
            .filter(|&element| *self.ty(element) != Type::Unknown);
        let of_variable = || {
            object.variables.iter().find_map(|&variable| {
                match *self.underlying(self.variable(variable).ty) {
                    Type::Channel(element, ..) if *self.ty(element) != Type::Unknown => {
                        Some(element)
                    }
                    _ => None,
                }
            })
        };
        of_make.or_else(of_variable).unwrap_or(TypeId(0))
    }

    /// Whether a channel carries no values but its close: nobody sends on it, and its element
    /// type, its name or a close in view says that it ends something.
    pub fn is_signal(&self, id: ObjectId) -> bool {
        let object = self.object(id);
        if !object.sends.is_empty() {
            return false;
        }
        let carries_nothing = matches!(self.underlying(self.element_type(id)), Type::Unit);
        carries_nothing || (!object.closes.is_empty() && !object.escapes) || self.has_end_name(id)
    }

    /// Whether one of an object's names says that something is over.
    pub fn has_end_name(&self, id: ObjectId) -> bool {
        self.object(id)
            .variables
            .iter()
            .any(|&variable| is_end_name(self.text(self.variable(variable).name)))
    }

    /// Whether a receive from this expression waits for an end: a context's, or a signal's.
    pub fn is_done_source(&self, id: ExprId) -> bool {
        match self.channel_source(id) {
            Source::Done(_) => true,
            Source::Object(object) => {
                self.is_signal(object) || (self.has_end_name(object) && self.carries_little(object))
            }
            Source::Unknown => match *self.kind(id) {
                ExprKind::Member(_, name) => is_end_name(self.text(name)),
                _ => false,
            },
            _ => false,
        }
    }

    /// Whether a channel's elements are units, truth values, errors or process signals.
    fn carries_little(&self, id: ObjectId) -> bool {
        match self.underlying(self.element_type(id)) {
            Type::Unit | Type::Boolean | Type::Error | Type::Unknown | Type::Interface => true,
            Type::Foreign(_, name) => self.text(*name) == "Signal",
            _ => false,
        }
    }

    /// What an arm of a select waits for.
    pub fn arm_kind(&self, arm: &super::Arm) -> ArmKind {
        let Some(step) = arm.communication else {
            return ArmKind::Default;
        };
        match *self.op(step) {
            Op::Send { .. } => ArmKind::Send,
            Op::Receive { channel, .. } => match self.channel_source(channel) {
                Source::Timer(_) => ArmKind::Timeout,
                Source::Ticker => ArmKind::Tick,
                _ if self.is_done_source(channel) => ArmKind::Done,
                _ if self.is_process_signal(channel) => ArmKind::Done,
                _ => ArmKind::Receive,
            },
            _ => ArmKind::Receive,
        }
    }

    /// Whether a channel yields the process's signals.
    pub fn is_process_signal(&self, id: ExprId) -> bool {
        let Some(object) = self.object_of(id) else {
            return false;
        };
        matches!(self.underlying(self.element_type(object)), Type::Foreign(_, name) if self.text(*name) == "Signal")
    }

    /// The arms of a select with what each waits for.
    pub fn arms(&self, select: StepId) -> Vec<(&super::Arm, ArmKind)> {
        match self.op(select) {
            Op::Select(arms) => arms.iter().map(|arm| (arm, self.arm_kind(arm))).collect(),
            _ => Vec::new(),
        }
    }

    /// Whether a select goes on at once when no arm is ready.
    pub fn has_default(&self, select: StepId) -> bool {
        let arms = self.arms(select);
        arms.iter().any(|(_, kind)| *kind == ArmKind::Default)
    }

    /// Whether a send or receive is tried without waiting.
    pub fn is_tried(&self, step: StepId) -> bool {
        self.select_of(step)
            .is_some_and(|(select, _)| self.has_default(select))
    }

    /// The channel object of a send, receive, close, or loop over a channel.
    pub fn channel_of(&self, step: StepId) -> Option<ObjectId> {
        match *self.op(step) {
            Op::Send { channel, .. } | Op::Receive { channel, .. } | Op::Close { channel } => {
                self.object_of(channel)
            }
            Op::Loop(ref l) => match l.kind {
                super::LoopKind::Channel(over) => self.object_of(over),
                _ => None,
            },
            _ => None,
        }
    }

    /// Whether a condition asks for a channel's length.
    pub fn asks_length(&self, condition: ExprId, channel: ObjectId) -> bool {
        self.parts_of(condition).into_iter().any(|part| {
            matches!(*self.kind(part), ExprKind::Length(of) if self.object_of(of) == Some(channel))
        })
    }

    /// Whether a channel is local to one function (and its closures), with no field, package
    /// variable or parameter standing for it.
    pub fn is_local(&self, id: ObjectId) -> bool {
        self.object(id)
            .variables
            .iter()
            .all(|&variable| self.variable(variable).kind == VariableKind::Local)
    }
}

/// Whether a name says that something is over.
pub fn is_end_name(name: &str) -> bool {
    let lower = name.to_ascii_lowercase();
    ENDS.iter().any(|end| lower.contains(end))
}
