//! How waits change from one try to the next: whether they grow, whether they are drawn by lot.

use super::pause::Pause;
use crate::model::{
    Api, AssignHow, ExprId, ExprKind, FunctionId, Init, Op, Program, StepId, VariableId,
    VariableKind,
};
use rustc_hash::{FxHashMap, FxHashSet};

/// How deep values and functions are followed.
const MAX_DEPTH: u32 = 24;
/// The most steps of a function that computes a wait.
const MAX_STEPS: usize = 300;
/// The most writes of a variable that are looked at.
const MAX_WRITES: usize = 40;

/// What is known of the waits of a loop.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Pace {
    /// They change from try to try.
    pub grows: bool,
    /// They are drawn by lot.
    pub random: bool,
    /// Code out of view decides.
    pub trusted: bool,
}

/// The pace of some waits of a loop.
pub(super) fn pace<'a>(
    program: &Program,
    looped: StepId,
    pauses: impl Iterator<Item = &'a Pause>,
) -> Pace {
    let mut reader = Reader {
        program,
        looped,
        pace: Pace::default(),
        seen: FxHashSet::default(),
        bound: FxHashMap::default(),
        entered: FxHashSet::default(),
    };
    for pause in pauses {
        reader.pause(pause);
    }
    reader.pace
}

struct Reader<'p> {
    program: &'p Program,
    looped: StepId,
    pace: Pace,
    seen: FxHashSet<VariableId>,
    /// Parameters of functions that wait, with what they are given.
    bound: FxHashMap<VariableId, ExprId>,
    entered: FxHashSet<FunctionId>,
}

impl Reader<'_> {
    fn pause(&mut self, pause: &Pause) {
        match pause {
            Pause::Timed { times, .. } => {
                if times.is_empty() {
                    self.pace.trusted = true;
                }
                for &time in times {
                    self.value(time, MAX_DEPTH);
                }
            }
            Pause::Helper { at, inner } => {
                self.bind(*at);
                for pause in inner {
                    self.pause(pause);
                }
                // What is drawn inside need not stand in the wait itself.
                if let Some(target) = self.program.call(*at).and_then(|call| call.target) {
                    self.function(target, MAX_DEPTH);
                }
            }
            _ => self.pace.trusted = true,
        }
    }

    fn bind(&mut self, step: StepId) {
        let program = self.program;
        if let Some(call) = program.call(step)
            && let Some(target) = call.target
        {
            let parameters = &program.function(target).parameters;
            for (&parameter, &argument) in parameters.iter().zip(program.list(call.args)) {
                self.bound.insert(parameter, argument);
            }
        }
    }

    fn value(&mut self, id: ExprId, depth: u32) {
        let Some(depth) = depth.checked_sub(1) else {
            self.pace.trusted = true;
            return;
        };
        let program = self.program;
        match *program.kind(id) {
            ExprKind::Variable(variable) => self.variable(variable, depth),
            ExprKind::Field(base, variable) => {
                self.owner(base, depth);
                self.variable(variable, depth);
            }
            ExprKind::Member(base, _) => self.owner(base, depth),
            ExprKind::Unary(_, base)
            | ExprKind::Reference(base)
            | ExprKind::Dereference(base)
            | ExprKind::Convert(_, base)
            | ExprKind::Length(base) => self.value(base, depth),
            ExprKind::Index(base, at) => {
                self.value(base, depth);
                self.value(at, depth);
            }
            ExprKind::Binary(_, a, b) => {
                self.value(a, depth);
                self.value(b, depth);
            }
            ExprKind::Min(list) | ExprKind::Max(list) | ExprKind::Composite(_, list, _) => {
                for &part in program.list(list) {
                    self.value(part, depth);
                }
            }
            ExprKind::Call(step) => self.call(step, depth),
            ExprKind::Received(_) => self.pace.trusted = true,
            // Drawn from a range that may grow.
            _ => {
                if let Some(&end) = program.ranges.get(&id) {
                    self.value(end, depth);
                }
            }
        }
    }

    /// A value of which a field is the wait: an answer may say how long to wait.
    fn owner(&mut self, id: ExprId, depth: u32) {
        let program = self.program;
        match *program.kind(id) {
            ExprKind::Variable(variable) => {
                let declared = program.variable(variable).span;
                self.pace.trusted |= program.span(self.looped).contains(declared);
            }
            ExprKind::Field(base, _) | ExprKind::Member(base, _) => self.owner(base, depth),
            _ => self.value(id, depth),
        }
    }

    fn call(&mut self, step: StepId, depth: u32) {
        let program = self.program;
        let Some(call) = program.call(step) else {
            self.pace.trusted = true;
            return;
        };
        match call.api {
            Api::Random => self.pace.random = true,
            Api::Pure | Api::Format | Api::AtomicLoad => {}
            _ => match call.target {
                Some(target) => {
                    self.bind(step);
                    self.function(target, depth);
                }
                None => self.pace.trusted = true,
            },
        }
        if let Some(receiver) = call.receiver {
            self.value(receiver, depth);
        }
        for &argument in program.list(call.args) {
            self.value(argument, depth);
        }
    }

    /// A function in view that computes a wait, or waits.
    fn function(&mut self, function: FunctionId, depth: u32) {
        let Some(depth) = depth.checked_sub(1) else {
            return;
        };
        if !self.entered.insert(function) {
            return;
        }
        let program = self.program;
        let steps = program.steps_of(function);
        if steps.len() > MAX_STEPS {
            self.pace.trusted = true;
            return;
        }
        for step in steps {
            match program.op(step) {
                Op::Return(values) => {
                    for &value in program.list(*values) {
                        if !program.is_error(value) {
                            self.value(value, depth);
                        }
                    }
                }
                Op::Call(call) => match call.api {
                    Api::Random => self.pace.random = true,
                    Api::AtomicAdd => self.pace.grows = true,
                    Api::BackoffRetry => self.pace.trusted = true,
                    _ => {
                        if let Some(target) = call.target {
                            self.bind(step);
                            self.function(target, depth);
                        }
                    }
                },
                Op::Assign(assign) if assign.how != AssignHow::Define => {
                    let is_kept = program.list(assign.targets).iter().any(|&target| {
                        matches!(
                            program.kind(target),
                            ExprKind::Field(..) | ExprKind::Member(..)
                        )
                    });
                    let changes = matches!(assign.how, AssignHow::Update(_));
                    if changes || is_kept && self.mentions_target(step) {
                        self.pace.grows = true;
                    }
                }
                _ => {}
            }
        }
        for &closure in program.closures_in(function) {
            self.function(closure, depth);
        }
    }

    fn mentions_target(&self, step: StepId) -> bool {
        let Op::Assign(assign) = self.program.op(step) else {
            return false;
        };
        let targets: Vec<VariableId> = self
            .program
            .list(assign.targets)
            .iter()
            .filter_map(|&target| variable_of(self.program, target))
            .collect();
        self.program.list(assign.values).iter().any(|&value| {
            super::turn::variables(self.program, value)
                .iter()
                .any(|variable| targets.contains(variable))
        })
    }

    fn variable(&mut self, variable: VariableId, depth: u32) {
        let program = self.program;
        if !self.seen.insert(variable) {
            return;
        }
        if let Some(&argument) = self.bound.get(&variable) {
            self.value(argument, depth);
        }
        if let Op::Loop(l) = program.op(self.looped)
            && l.variables.contains(&variable)
        {
            self.pace.grows = true;
        }
        match program.variable(variable).init {
            Init::Value(value) | Init::Part(value, _) => self.value(value, depth),
            Init::Element(_) | Init::Key(_) => self.pace.grows = true,
            Init::None => {}
        }
        if matches!(program.variable(variable).kind, VariableKind::Implied) {
            return;
        }
        let Some(object) = program.object_of_variable[variable.index()] else {
            return;
        };
        for &step in program.object(object).writes.iter().take(MAX_WRITES) {
            self.write(variable, step, depth);
        }
    }

    fn write(&mut self, variable: VariableId, step: StepId, depth: u32) {
        let program = self.program;
        let Op::Assign(assign) = program.op(step) else {
            return;
        };
        let targets = program.list(assign.targets);
        let Some(at) = targets
            .iter()
            .position(|&target| variable_of(program, target) == Some(variable))
        else {
            return;
        };
        let is_repeated = program.is_inside(step, self.looped)
            || program.function_of(step) != program.function_of(self.looped);
        if is_repeated && (matches!(assign.how, AssignHow::Update(_)) || self.mentions_target(step))
        {
            self.pace.grows = true;
        }
        let values = program.list(assign.values);
        if let Some(&value) = values.get(at).or(values.first()) {
            self.value(value, depth);
        }
    }
}

fn variable_of(program: &Program, id: ExprId) -> Option<VariableId> {
    match *program.kind(id) {
        ExprKind::Variable(variable) | ExprKind::Field(_, variable) => Some(variable),
        ExprKind::Dereference(inner) => variable_of(program, inner),
        _ => None,
    }
}
