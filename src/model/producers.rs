//! How many tasks may send on a channel at the same time.

use super::{
    Direction, ExprId, ExprKind, FunctionId, FunctionKind, NamedId, ObjectId, Op, Program, StepId,
    Type, VariableKind,
};
use rustc_hash::FxHashSet;

/// Who has what for himself, in languages in which values have one owner.
#[derive(Debug, Default)]
pub struct Alone {
    /// Methods that nobody else can run on the same value meanwhile.
    pub exclusive: FxHashSet<FunctionId>,
    /// Ends of channels of which another one was made.
    pub copied: Vec<ExprId>,
    /// Types whose values can be copied with all that they hold.
    pub copyable: FxHashSet<NamedId>,
}

/// Who sends on a channel, as far as the unit tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Producers {
    /// One task alone, whatever the code out of view does.
    One,
    /// Several at once, in view.
    Many,
    /// That depends on who calls the senders.
    Unseen,
}

impl Program {
    /// How many tasks may send on a channel at the same time.
    pub fn producers(&self, channel: ObjectId) -> Producers {
        if self.has_one_sender(channel) {
            return Producers::One;
        }
        let mut entries: Vec<FunctionId> = Vec::new();
        for &send in &self.object(channel).sends {
            for &entry in self.entries_of(self.function_of(send)) {
                if !entries.contains(&entry) {
                    entries.push(entry);
                }
            }
        }
        if self.is_sent_on_by_its_maker(channel, &entries) {
            return Producers::One;
        }
        if entries.iter().any(|&entry| self.is_many(entry)) {
            return Producers::Many;
        }
        let tasks = entries
            .iter()
            .filter(|&&entry| self.is_task(entry) || self.is_program_entry(entry))
            .count();
        let others = entries.len() - tasks;
        match (tasks, others) {
            (2.., _) | (1, 1..) => Producers::Many,
            (1, 0) if !self.is_open_for_sending(channel) => Producers::One,
            _ => Producers::Unseen,
        }
    }

    /// Whether each run of one function makes such a channel for itself, and sends on it on its
    /// own task alone: in what it calls, and in no task that it starts.
    fn is_sent_on_by_its_maker(&self, channel: ObjectId, senders: &[FunctionId]) -> bool {
        let object = self.object(channel);
        let is_passed = object.variables.iter().all(|&variable| {
            matches!(
                self.variable(variable).kind,
                VariableKind::Local | VariableKind::Parameter
            )
        });
        let [made] = *object.makes.as_slice() else {
            return false;
        };
        let Some(maker) = self.function_at(self.expr(made).span) else {
            return false;
        };
        let runs = self.entries_of(maker);
        is_passed
            && matches!(self.kind(made), ExprKind::MakeChannel(..))
            && !senders.is_empty()
            && senders.iter().all(|sender| runs.contains(sender))
            && !self.is_open_for_sending(channel)
    }

    /// Whether each such channel has one end to send on, which whoever sends has for himself: it
    /// is made in view and never copied, alone or with what holds it, and is reached through a
    /// value that nobody else can reach meanwhile.
    fn has_one_sender(&self, channel: ObjectId) -> bool {
        let object = self.object(channel);
        let is_made_here = || {
            let mut makes = object.makes.iter();
            !object.makes.is_empty()
                && makes.all(|&made| matches!(self.kind(made), ExprKind::MakeChannel(..)))
        };
        self.has_owners
            && !object.sends.is_empty()
            && object.sends.iter().all(|&send| self.sends_alone(send))
            && (self.is_kept(channel) || !self.is_open_for_sending(channel))
            && is_made_here()
            && !self
                .alone
                .copied
                .iter()
                .any(|&end| self.object_of(end) == Some(channel))
    }

    /// Whether the ends of a channel to send on are in fields of types that other code does not
    /// know.
    fn is_kept(&self, channel: ObjectId) -> bool {
        let variables = self.object(channel).variables.iter();
        let mut kept = variables.map(|&variable| self.variable(variable));
        kept.all(|variable| {
            let is_receiver = matches!(
                self.underlying(variable.ty),
                Type::Channel(_, Direction::Receive, _)
            );
            is_receiver
                || match variable.kind {
                    VariableKind::Local => true,
                    VariableKind::Field(owner) => !self.named[owner.index()].exported,
                    _ => false,
                }
        })
    }

    /// Whether a send is on a field of what its method has for itself.
    fn sends_alone(&self, send: StepId) -> bool {
        let function = self.function_of(send);
        let FunctionKind::Method(receiver, owner) = self.function(function).kind else {
            return false;
        };
        let Op::Send { channel, .. } = *self.op(send) else {
            return false;
        };
        self.alone.exclusive.contains(&function)
            && !self.alone.copyable.contains(&owner)
            && matches!(*self.kind(channel), ExprKind::Field(base, _)
                if self.variable_of(base) == Some(receiver))
    }

    /// Whether a function is where the process starts.
    pub fn is_program_entry(&self, function: FunctionId) -> bool {
        self.text(self.function(function).name) == "main"
            && matches!(self.function(function).kind, super::FunctionKind::Plain)
    }

    /// Whether the unit is a whole program, so that nothing outside can name what it exports.
    pub fn is_executable(&self) -> bool {
        self.files.iter().any(|file| file.package == "main")
    }

    /// Whether code out of view may send on a channel: it escapes, and not only as a value that
    /// one can receive from.
    pub(super) fn is_open_for_sending(&self, channel: ObjectId) -> bool {
        let object = self.object(channel);
        if !object.escapes_whole {
            return false;
        }
        let mut outer = object
            .variables
            .iter()
            .map(|&variable| self.variable(variable))
            .filter(|variable| variable.kind != VariableKind::Local)
            .peekable();
        outer.peek().is_none()
            || outer.any(|variable| {
                !matches!(
                    self.underlying(variable.ty),
                    Type::Channel(_, Direction::Receive, _)
                )
            })
    }
}
