//! Which results of calls are used for anything.

use super::{ExprId, ExprKind, LoopKind, Op, Program, StepId};
use rustc_hash::FxHashSet;

impl Program {
    /// The calls and receives whose value goes anywhere: into an assignment to a name, a
    /// condition, an argument, a result. What is left out is thrown away where it comes up.
    pub fn used_results(&self) -> &FxHashSet<StepId> {
        self.used.get_or_init(|| self.find_used_results())
    }

    fn find_used_results(&self) -> FxHashSet<StepId> {
        let mut used = FxHashSet::default();
        for expr in &self.exprs {
            for part in self.direct_parts(&expr.kind) {
                self.mark_used(part, &mut used);
            }
        }
        for at in 0..self.steps.len() {
            for part in self.values_of(StepId(at as u32)) {
                self.mark_used(part, &mut used);
            }
        }
        for &(_, value) in &self.globals {
            self.mark_used(value, &mut used);
        }
        used
    }

    fn mark_used(&self, id: ExprId, used: &mut FxHashSet<StepId>) {
        if let ExprKind::Call(step) | ExprKind::Received(step) = *self.kind(id) {
            used.insert(step);
        }
    }

    /// The operands of an expression.
    fn direct_parts(&self, kind: &ExprKind) -> Vec<ExprId> {
        match *kind {
            ExprKind::Field(a, _)
            | ExprKind::Member(a, _)
            | ExprKind::Unary(_, a)
            | ExprKind::Length(a)
            | ExprKind::Capacity(a)
            | ExprKind::Reference(a)
            | ExprKind::Dereference(a)
            | ExprKind::Convert(_, a) => vec![a],
            ExprKind::Index(a, b) | ExprKind::Binary(_, a, b) => vec![a, b],
            ExprKind::Slice(a, b, c) => [Some(a), b, c].into_iter().flatten().collect(),
            ExprKind::Append(a, list) => {
                let mut parts = vec![a];
                parts.extend_from_slice(self.list(list));
                parts
            }
            ExprKind::MakeChannel(_, size, _) | ExprKind::Make(_, size) => {
                size.into_iter().collect()
            }
            ExprKind::Composite(_, list, _) | ExprKind::Min(list) | ExprKind::Max(list) => {
                self.list(list).to_vec()
            }
            ExprKind::Function(_, Some(base)) => vec![base],
            _ => Vec::new(),
        }
    }

    /// The values that a step uses.
    fn values_of(&self, step: StepId) -> Vec<ExprId> {
        match self.op(step) {
            Op::Assign(assign) => {
                let targets = self.list(assign.targets);
                if targets.iter().all(|&target| self.is_nowhere(target)) {
                    return Vec::new();
                }
                let mut parts = self.list(assign.values).to_vec();
                parts.extend_from_slice(targets);
                parts
            }
            Op::Call(call) => {
                let mut parts = self.list(call.args).to_vec();
                parts.push(call.callee);
                parts.extend(call.receiver);
                parts
            }
            Op::Spawn(spawn) => {
                let mut parts = self.list(spawn.args).to_vec();
                parts.push(spawn.callee);
                parts
            }
            Op::Send { channel, value } => vec![*channel, *value],
            Op::Receive { channel, .. } | Op::Close { channel } => vec![*channel],
            Op::Branch { condition, .. } => vec![*condition],
            Op::Switch { subject, cases } => {
                let mut parts: Vec<ExprId> = subject.iter().copied().collect();
                for case in cases {
                    parts.extend_from_slice(self.list(case.values));
                }
                parts
            }
            Op::Loop(l) => match l.kind {
                LoopKind::While(part)
                | LoopKind::Counted(part)
                | LoopKind::Over(part)
                | LoopKind::Channel(part) => vec![part],
                LoopKind::Forever => Vec::new(),
            },
            Op::Return(list) => self.list(*list).to_vec(),
            _ => Vec::new(),
        }
    }

    /// Whether an assignment to this place keeps nothing (`_`).
    pub fn is_nowhere(&self, target: ExprId) -> bool {
        match *self.kind(target) {
            ExprKind::Unknown => true,
            ExprKind::Variable(variable) => self.text(self.variable(variable).name) == "_",
            _ => false,
        }
    }
}
