//! Objects: what variables that alias each other stand for, and everything done to them.

use super::ids::{ExprId, FunctionId, ObjectId, StepId, VariableId};
use super::{ExprKind, Op, Program, VariableKind};

/// A channel, lock, group, queue or any other thing that code shares.
///
/// Identity is by unification within the unit: assignments, parameters, results, fields,
/// captures and composites make two variables the same object. A field stands for that field
/// of every value of its type.
#[derive(Clone, Debug, Default)]
pub struct Object {
    /// The variables that stand for it.
    pub variables: Vec<VariableId>,
    /// Where values of it are made (`make`, literals, constructors): the expressions.
    pub makes: Vec<ExprId>,
    /// Functions that it may be, where it is a callable.
    pub functions: Vec<FunctionId>,
    /// Whether code out of view may hold it too.
    pub escapes: bool,
    /// Whether it may do more with it than receive.
    pub escapes_whole: bool,
    /// Sends on it.
    pub sends: Vec<StepId>,
    /// Receives from it, loops over it not counted.
    pub receives: Vec<StepId>,
    /// Loops that receive until it is closed.
    pub loops: Vec<StepId>,
    /// Closes of it.
    pub closes: Vec<StepId>,
    /// Calls whose receiver it is.
    pub calls: Vec<StepId>,
    /// Assignments to it, declarations not counted.
    pub writes: Vec<StepId>,
}

impl Object {
    /// Where values are taken out: its receives, then the loops over it.
    pub fn takes(&self) -> impl Iterator<Item = StepId> + '_ {
        self.receives.iter().chain(&self.loops).copied()
    }

    /// Whether anything is done to it that only channels allow.
    pub fn is_channel_by_use(&self) -> bool {
        !(self.sends.is_empty() && self.receives.is_empty() && self.closes.is_empty())
    }
}

impl Program {
    /// The object that an expression stands for, if it stands for one.
    pub fn object_of(&self, id: ExprId) -> Option<ObjectId> {
        match *self.kind(id) {
            ExprKind::Variable(variable) | ExprKind::Field(_, variable) => self
                .object_of_variable
                .get(variable.index())
                .copied()
                .flatten(),
            ExprKind::Reference(inner)
            | ExprKind::Dereference(inner)
            | ExprKind::Convert(_, inner) => self.object_of(inner),
            ExprKind::Slice(inner, ..) | ExprKind::Append(inner, _) => self.object_of(inner),
            ExprKind::Index(base, _) => {
                let base = self.object_of(base)?;
                self.object_of_element.get(&base).copied()
            }
            ExprKind::Member(base, name) => {
                let base = self.object_of(base)?;
                self.object_of_member.get(&(base, name)).copied()
            }
            ExprKind::Call(step) => self.object_of_result.get(&step).copied(),
            ExprKind::Received(step) => match *self.op(step) {
                Op::Receive { channel, .. } => {
                    let channel = self.object_of(channel)?;
                    self.object_of_element.get(&channel).copied()
                }
                _ => None,
            },
            _ => None,
        }
    }

    /// A name for messages: the shortest of its variables' names, fields as `Type.field`.
    pub fn object_name(&self, id: ObjectId) -> String {
        let object = self.object(id);
        let best = object.variables.iter().copied().min_by_key(|&variable| {
            let variable = self.variable(variable);
            let rank = match variable.kind {
                VariableKind::Field(_) | VariableKind::Global => 0,
                VariableKind::Local | VariableKind::Implied | VariableKind::Constant => 1,
                VariableKind::Parameter | VariableKind::Receiver | VariableKind::Result => 2,
            };
            (rank, variable.span)
        });
        match best {
            Some(variable) => self.variable_name(variable),
            None => "channel".to_owned(),
        }
    }

    /// A variable's name, fields as `Type.field`.
    pub fn variable_name(&self, id: VariableId) -> String {
        let variable = self.variable(id);
        let name = self.text(variable.name);
        match variable.kind {
            VariableKind::Field(named) => {
                let owner = self.text(self.named[named.index()].name);
                if owner.is_empty() {
                    name.to_owned()
                } else {
                    format!("{owner}.{name}")
                }
            }
            _ => name.to_owned(),
        }
    }
}
