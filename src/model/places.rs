//! Where each expression stands, and where each variable is named. Indexed once.

use super::{ExprId, ExprKind, LoopKind, Op, Program, StepId, VariableId};

/// What an expression is a part of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Parent {
    /// Of nothing that is modelled.
    None,
    /// Of a larger expression.
    Expr(ExprId),
    /// Of a step.
    Step(StepId),
}

/// The parents of expressions and the occurrences of variables.
#[derive(Debug, Default)]
pub(crate) struct Places {
    parents: Vec<Parent>,
    starts: Vec<u32>,
    occurrences: Vec<ExprId>,
    /// For each step the expression that is its result, where it has one.
    results: Vec<Option<ExprId>>,
}

impl Program {
    fn places(&self) -> &Places {
        self.places.get_or_init(|| Places::compute(self))
    }

    /// What an expression is a part of.
    pub fn parent_of(&self, id: ExprId) -> Parent {
        self.places().parents[id.index()]
    }

    /// The expressions that name a variable: the variable itself, or a field of any value.
    pub fn occurrences(&self, id: VariableId) -> &[ExprId] {
        let places = self.places();
        let at = id.index();
        &places.occurrences[places.starts[at] as usize..places.starts[at + 1] as usize]
    }

    /// The expression that stands for the result of a call.
    pub fn result_of(&self, call: StepId) -> Option<ExprId> {
        self.places().results[call.index()]
    }

    /// The step that an expression is a part of, through larger expressions.
    pub fn step_of(&self, id: ExprId) -> Option<StepId> {
        let mut at = id;
        for _ in 0..256 {
            match self.parent_of(at) {
                Parent::None => return None,
                Parent::Step(step) => return Some(step),
                Parent::Expr(outer) => at = outer,
            }
        }
        None
    }
}

impl Program {
    /// The call that is handed what another call yields, as it is or by the name of a local.
    pub fn taker_of(&self, call: StepId) -> Option<StepId> {
        let takes = |value: ExprId| {
            let step = self.step_of(value)?;
            let call = self.call(step)?;
            let mut handed = self.list(call.args).iter();
            handed
                .any(|&argument| self.parts_of(argument).contains(&value))
                .then_some(step)
        };
        let result = self.result_of(call)?;
        if let Some(taker) = takes(result) {
            return Some(taker);
        }
        let Op::Assign(assign) = self.op(self.step_of(result)?) else {
            return None;
        };
        let (target, _) = self.assigned(assign).find(|&(_, value)| value == result)?;
        let local = self.variable_of(target)?;
        let mut named = self.occurrences(local).iter().copied();
        named.find_map(takes)
    }
}

impl Places {
    fn compute(program: &Program) -> Places {
        let mut places = Places {
            parents: vec![Parent::None; program.exprs.len()],
            results: vec![None; program.steps.len()],
            ..Places::default()
        };
        for at in 0..program.exprs.len() as u32 {
            let outer = ExprId(at);
            places.within_expr(program, outer);
        }
        for step in program.step_ids() {
            places.within_step(program, step);
        }
        places.index_variables(program);
        places
    }

    fn index_variables(&mut self, program: &Program) {
        let named = |at: u32| match *program.kind(ExprId(at)) {
            ExprKind::Variable(variable) | ExprKind::Field(_, variable) => Some(variable),
            _ => None,
        };
        let count = program.exprs.len() as u32;
        let mut starts = vec![0u32; program.variables.len() + 1];
        for variable in (0..count).filter_map(named) {
            starts[variable.index() + 1] += 1;
        }
        for at in 1..starts.len() {
            starts[at] += starts[at - 1];
        }
        let mut next = starts.clone();
        self.occurrences = vec![ExprId(0); *starts.last().unwrap_or(&0) as usize];
        for at in 0..count {
            if let Some(variable) = named(at) {
                let slot = &mut next[variable.index()];
                self.occurrences[*slot as usize] = ExprId(at);
                *slot += 1;
            }
        }
        self.starts = starts;
    }

    fn set(&mut self, inner: ExprId, parent: Parent) {
        let known = &mut self.parents[inner.index()];
        if *known == Parent::None {
            *known = parent;
        }
    }

    fn within_expr(&mut self, program: &Program, outer: ExprId) {
        let parent = Parent::Expr(outer);
        match *program.kind(outer) {
            ExprKind::Member(a, _)
            | ExprKind::Field(a, _)
            | ExprKind::Unary(_, a)
            | ExprKind::Length(a)
            | ExprKind::Capacity(a)
            | ExprKind::Reference(a)
            | ExprKind::Dereference(a)
            | ExprKind::Convert(_, a) => self.set(a, parent),
            ExprKind::Index(a, b) | ExprKind::Binary(_, a, b) => {
                self.set(a, parent);
                self.set(b, parent);
            }
            ExprKind::Slice(a, from, to) => {
                for inner in [Some(a), from, to].into_iter().flatten() {
                    self.set(inner, parent);
                }
            }
            ExprKind::Append(a, items) => {
                self.set(a, parent);
                self.list(program, items, parent);
            }
            ExprKind::MakeChannel(_, Some(size), _) | ExprKind::Make(_, Some(size)) => {
                self.set(size, parent)
            }
            ExprKind::Composite(_, values, keys) => {
                self.list(program, values, parent);
                self.list(program, keys, parent);
            }
            ExprKind::Function(_, Some(receiver)) => self.set(receiver, parent),
            ExprKind::Min(items) | ExprKind::Max(items) => self.list(program, items, parent),
            ExprKind::Call(step) => self.results[step.index()] = Some(outer),
            _ => {}
        }
    }

    fn list(&mut self, program: &Program, items: super::ExprList, parent: Parent) {
        for &item in program.list(items) {
            self.set(item, parent);
        }
    }

    fn within_step(&mut self, program: &Program, step: StepId) {
        let parent = Parent::Step(step);
        match program.op(step) {
            Op::Assign(assign) => {
                self.list(program, assign.targets, parent);
                self.list(program, assign.values, parent);
            }
            Op::Call(call) => {
                self.set(call.callee, parent);
                self.list(program, call.args, parent);
            }
            Op::Spawn(spawn) => {
                self.set(spawn.callee, parent);
                self.list(program, spawn.args, parent);
            }
            Op::Send { channel, value } => {
                self.set(*channel, parent);
                self.set(*value, parent);
            }
            Op::Receive { channel, .. } | Op::Close { channel } => self.set(*channel, parent),
            Op::Branch { condition, .. } => self.set(*condition, parent),
            Op::Switch { subject, cases } => {
                for &subject in subject.iter() {
                    self.set(subject, parent);
                }
                for case in cases {
                    self.list(program, case.values, parent);
                }
            }
            Op::Loop(l) => match l.kind {
                LoopKind::While(over)
                | LoopKind::Counted(over)
                | LoopKind::Over(over)
                | LoopKind::Channel(over) => self.set(over, parent),
                LoopKind::Forever => {}
            },
            Op::Return(values) => self.list(program, *values, parent),
            _ => {}
        }
    }
}
