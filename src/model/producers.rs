//! How many tasks may send on a channel at the same time.

use super::{Direction, FunctionId, ObjectId, Program, Type, VariableKind};

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
        let mut entries: Vec<FunctionId> = Vec::new();
        for &send in &self.object(channel).sends {
            for &entry in self.entries_of(self.function_of(send)) {
                if !entries.contains(&entry) {
                    entries.push(entry);
                }
            }
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
    fn is_open_for_sending(&self, channel: ObjectId) -> bool {
        let object = self.object(channel);
        if !object.escapes {
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
