//! What is asked before a step: flags, swaps, done signals, nil tests, keys of maps.

use super::Closings;
use crate::model::channels::{ArmKind, is_end_name};
use crate::model::{
    Api, BinaryOp, Case, ExprId, ExprKind, FunctionId, Init, Op, Owner, Program, StepId, Type,
    VariableId, VariableKind,
};
use crate::source::Span;

/// What a condition asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Asked {
    /// A flag: the variable, and whether it is read as an atomic.
    Flag(Option<VariableId>, bool),
    Swap(Option<VariableId>),
    Done,
    /// Whether a variable holds nothing.
    Nil(VariableId),
    /// Whether a key is in a map.
    Key,
}

impl Closings<'_> {
    /// What is asked on every way to a step: by the conditions around it and by those before it
    /// that turn away; for a function of the unit, also by those around its calls.
    pub(super) fn asked_before(&self, step: StepId, depth: u32) -> Vec<(Span, Asked)> {
        let mut found = Vec::new();
        let Some(depth) = depth.checked_sub(1) else {
            return found;
        };
        let program = self.program;
        for condition in conditions(program, step) {
            let at = program.expr(condition).span;
            self.asked(condition, 3, &mut |asked| found.push((at, asked)));
        }
        let function = program.function_of(step);
        if let Some(&once) = self.once.get(&function) {
            found.extend(self.asked_before(once, depth));
            return found;
        }
        let callers = &program.callers[function.index()];
        let is_called = callers
            .iter()
            .all(|&caller| matches!(program.op(caller), Op::Call(_)));
        if is_called && callers.len() <= 6 && !program.function(function).exported {
            let mut of_callers = callers
                .iter()
                .map(|&caller| self.asked_before(caller, depth));
            // What one caller asks counts when the others ask something too.
            if let Some(first) = of_callers.next()
                && of_callers.all(|other| !other.is_empty())
            {
                found.extend(first);
            }
        }
        found
    }

    /// What an expression asks.
    fn asked(&self, condition: ExprId, depth: u32, say: &mut dyn FnMut(Asked)) {
        let Some(depth) = depth.checked_sub(1) else {
            return;
        };
        let program = self.program;
        if let ExprKind::Binary(BinaryOp::Equal | BinaryOp::NotEqual, a, b) =
            *program.kind(condition)
        {
            let value = match (program.kind(a), program.kind(b)) {
                (ExprKind::Nil, _) => Some(b),
                (_, ExprKind::Nil) => Some(a),
                _ => None,
            };
            if let Some(variable) = value.and_then(|value| variable_of(program, value)) {
                // What a call out of view yields is an error by its name.
                if !value.is_some_and(|value| program.is_error(value)) {
                    say(Asked::Nil(variable));
                }
                return;
            }
        }
        match *program.kind(condition) {
            ExprKind::Call(step) => self.asked_by_call(step, depth, say),
            ExprKind::Field(..) => {
                if let Some(variable) = variable_of(program, condition)
                    && is_flag_like(program, variable)
                {
                    say(Asked::Flag(Some(variable), false));
                }
            }
            ExprKind::Member(_, name) if says_over(program.text(name)) => {
                say(Asked::Flag(None, false));
            }
            ExprKind::Variable(variable) => match program.variable(variable).init {
                Init::Value(value) if program.variable(variable).kind == VariableKind::Local => {
                    if is_flag_like(program, variable) {
                        say(Asked::Flag(Some(variable), false));
                    }
                    self.asked(value, depth, say);
                }
                Init::Part(value, part) => match *program.kind(value) {
                    ExprKind::Index(..) => say(Asked::Key),
                    ExprKind::Call(_) if part > 0 => self.asked(value, depth, say),
                    _ => {}
                },
                _ if is_flag_like(program, variable) => {
                    say(Asked::Flag(Some(variable), false));
                }
                _ => {}
            },
            ExprKind::Index(..) => say(Asked::Key),
            ExprKind::Binary(op, a, b) => {
                for side in [a, b] {
                    self.asked_by_side(op, side, depth + 1, say);
                }
            }
            ExprKind::Unary(_, inner)
            | ExprKind::Convert(_, inner)
            | ExprKind::Dereference(inner) => self.asked(inner, depth + 1, say),
            _ => {}
        }
    }

    /// One side of `size > limit`, which asks how much there is, of `state >= closing`, which
    /// asks whether it is over, or of any other operator.
    fn asked_by_side(&self, op: BinaryOp, side: ExprId, depth: u32, say: &mut dyn FnMut(Asked)) {
        let program = self.program;
        self.asked(side, depth, &mut |asked| match asked {
            Asked::Flag(Some(variable), _)
                if op.is_order() && !says_over(program.text(program.variable(variable).name)) => {}
            _ => say(asked),
        });
    }

    fn asked_by_call(&self, step: StepId, depth: u32, say: &mut dyn FnMut(Asked)) {
        let program = self.program;
        let Some(call) = program.call(step) else {
            return;
        };
        let place = call
            .receiver
            .or_else(|| program.list(call.args).first().copied())
            .and_then(|value| variable_of(program, value));
        match call.api {
            Api::AtomicLoad => say(Asked::Flag(place, true)),
            Api::AtomicSwap | Api::AtomicCompareSwap | Api::AtomicAdd => say(Asked::Swap(place)),
            // Whoever stops a timer in time has won over what it would have run.
            Api::TimerControl => say(Asked::Swap(None)),
            Api::ContextErr => say(Asked::Done),
            Api::ErrorTest => {}
            _ => match call.target {
                Some(target) => self.asked_by_function(target, depth, say),
                None if says_over(&program.callee_name(call.callee)) => {
                    say(Asked::Flag(None, false));
                }
                // `p.closed.Load()` where the type of `p` is not in view.
                None => {
                    if let ExprKind::Member(base, _) = *program.kind(call.callee)
                        && says_over(&program.callee_name(base))
                    {
                        say(Asked::Flag(variable_of(program, base), true));
                    }
                }
            },
        }
    }

    /// A method such as `isClosed()`: what it returns, and what it tests on the way.
    fn asked_by_function(&self, target: FunctionId, depth: u32, say: &mut dyn FnMut(Asked)) {
        let program = self.program;
        let steps = program.steps_of(target);
        if steps.len() > 40 {
            return;
        }
        for step in steps {
            match program.op(step) {
                Op::Return(values) => {
                    for &value in program.list(*values) {
                        self.asked(value, depth, say);
                    }
                }
                Op::Branch { condition, .. } => self.asked(*condition, depth, say),
                Op::Select(_)
                    if program
                        .arms(step)
                        .iter()
                        .any(|(_, kind)| *kind == ArmKind::Done) =>
                {
                    say(Asked::Done);
                }
                _ => {}
            }
        }
    }
}

/// The conditions that hold when a step runs: those of the branches and switches around it, and
/// those before it that leave in one of their branches.
fn conditions(program: &Program, step: StepId) -> Vec<ExprId> {
    let mut found = Vec::new();
    for (owner, how) in program.ancestors(step) {
        match (program.op(owner), how) {
            (Op::Branch { condition, .. }, Owner::Then(_) | Owner::Else(_)) => {
                found.push(*condition);
            }
            (Op::Switch { subject, cases }, Owner::Case(_, at)) => {
                found.extend(*subject);
                if let Some(Case { values, .. }) = cases.get(at as usize) {
                    found.extend_from_slice(program.list(*values));
                }
            }
            (Op::Loop(l), Owner::Body(_)) => found.extend(l.condition()),
            _ => {}
        }
    }
    for earlier in earlier_in_blocks(program, step) {
        if let Op::Branch {
            condition,
            then,
            otherwise,
        } = *program.op(earlier)
            && (program.block_diverges(then)
                || otherwise.is_some_and(|otherwise| program.block_diverges(otherwise)))
        {
            found.push(condition);
        }
    }
    found
}

/// The steps that stand before a step in its block and in the blocks around it.
pub(super) fn earlier_in_blocks(program: &Program, step: StepId) -> Vec<StepId> {
    let mut found = Vec::new();
    let mut at = step;
    loop {
        let (block, index) = (program.step(at).block, program.step(at).index as usize);
        let block = program.block(block);
        found.extend(block.steps.iter().take(index).rev().take(60));
        match block.owner.step() {
            Some(owner) => at = owner,
            None => return found,
        }
    }
}

/// The variable that an expression names.
pub(super) fn variable_of(program: &Program, id: ExprId) -> Option<VariableId> {
    match *program.kind(id) {
        ExprKind::Variable(variable) | ExprKind::Field(_, variable) => Some(variable),
        ExprKind::Reference(inner) | ExprKind::Dereference(inner) | ExprKind::Convert(_, inner) => {
            variable_of(program, inner)
        }
        _ => None,
    }
}

fn is_flag_like(program: &Program, variable: VariableId) -> bool {
    let known = program.variable(variable);
    matches!(
        program.underlying(known.ty),
        Type::Boolean | Type::Integer(_)
    ) || matches!(program.underlying(known.ty), Type::Unknown | Type::Named(_))
        && says_over(program.text(known.name))
}

/// Whether a name says that something is over, or still on.
pub(super) fn says_over(name: &str) -> bool {
    const ON: &[&str] = &[
        "running", "alive", "active", "started", "open", "ready", "state",
    ];
    let lower = name.to_ascii_lowercase();
    is_end_name(name) || ON.iter().any(|on| lower.contains(on))
}
