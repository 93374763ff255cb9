//! Which variables a step, or a task, mentions.

use super::{ExprId, ExprKind, FunctionId, LoopKind, Op, Program, StepId, VariableId};

impl Program {
    /// The variable that a value is, through addresses and conversions.
    pub fn variable_of(&self, value: ExprId) -> Option<VariableId> {
        match *self.kind(value) {
            ExprKind::Variable(variable) => Some(variable),
            ExprKind::Reference(inner)
            | ExprKind::Dereference(inner)
            | ExprKind::Convert(_, inner) => self.variable_of(inner),
            _ => None,
        }
    }

    /// Which parameter of its function a variable is, the first being 0; none for others.
    pub fn parameter_at(&self, variable: VariableId) -> Option<usize> {
        let function = self.variable(variable).function?;
        let mut parameters = self.function(function).parameters.iter();
        parameters.position(|&parameter| parameter == variable)
    }

    /// The variable or the field that a value is, through addresses and conversions.
    pub fn variable_or_field(&self, value: ExprId) -> Option<VariableId> {
        match *self.kind(value) {
            ExprKind::Variable(variable) | ExprKind::Field(_, variable) => Some(variable),
            ExprKind::Reference(inner)
            | ExprKind::Dereference(inner)
            | ExprKind::Convert(_, inner) => self.variable_or_field(inner),
            _ => None,
        }
    }

    /// The values that a step reads or writes itself.
    pub fn mentions_of(&self, step: StepId) -> Vec<ExprId> {
        match self.op(step) {
            Op::Call(call) => self
                .list(call.args)
                .iter()
                .copied()
                .chain(call.receiver)
                .chain([call.callee])
                .collect(),
            Op::Spawn(spawn) => self
                .list(spawn.args)
                .iter()
                .copied()
                .chain([spawn.callee])
                .collect(),
            Op::Assign(assign) => self
                .list(assign.values)
                .iter()
                .chain(self.list(assign.targets))
                .copied()
                .collect(),
            Op::Return(values) => self.list(*values).to_vec(),
            Op::Send { channel, value } => vec![*channel, *value],
            Op::Receive { channel, .. } | Op::Close { channel } => vec![*channel],
            Op::Branch { condition, .. } => vec![*condition],
            Op::Loop(l) => match l.kind {
                LoopKind::Over(over) | LoopKind::Channel(over) => vec![over],
                _ => l.condition().into_iter().collect(),
            },
            _ => Vec::new(),
        }
    }

    /// The variables that a step mentions itself.
    pub fn mentioned_by(&self, step: StepId) -> Vec<VariableId> {
        self.mentions_of(step)
            .into_iter()
            .flat_map(|value| self.parts_of(value))
            .filter_map(|part| self.variable_of(part))
            .collect()
    }

    /// The variables that a spawned task is handed, or that its closure mentions: also where that is
    /// handed to a call, which starts it.
    pub fn mentioned_by_task(&self, step: StepId) -> Vec<VariableId> {
        let mut closures: Vec<FunctionId> = match self.op(step) {
            Op::Spawn(spawn) => spawn.target.into_iter().collect(),
            Op::Call(call) => {
                let handed = self.list(call.args).iter();
                let closure = |&argument: &ExprId| match *self.kind(argument) {
                    ExprKind::Closure(closure) => Some(closure),
                    _ => None,
                };
                handed.filter_map(closure).collect()
            }
            _ => return Vec::new(),
        };
        closures.retain(|&closure| self.is_closure(closure));
        let mut found = self.mentioned_by(step);
        // What a task starts or awaits within it has what it took along.
        while let Some(closure) = closures.pop() {
            closures.extend(self.closures_in(closure));
            for inner in self.steps_of(closure) {
                found.extend(self.mentioned_by(inner));
            }
        }
        found.sort_unstable();
        found.dedup();
        found
    }
}
