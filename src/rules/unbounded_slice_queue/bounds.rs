//! What keeps a queue short: a test of its length that changes what happens, a wait, a permit.

use super::events::{Event, Key, alias_of, root};
use super::moves;
use crate::model::{
    Api, AssignHow, BinaryOp, BlockId, ExprId, ExprKind, FunctionId, FunctionKind, Init, Library,
    Op, Program, StepId, Type, UnaryOp, VariableId, VariableKind,
};
use rustc_hash::FxHashSet;

/// How far a value is followed through locals and calls.
pub(super) const MAX_DEPTH: u32 = 5;

/// The variables whose fill a queue's tests look at.
pub(super) struct Fill<'p> {
    program: &'p Program,
    /// The container under each of its names.
    containers: FxHashSet<VariableId>,
    /// Numbers that the push counts up beside it.
    counts: FxHashSet<VariableId>,
    /// Numbers that the push takes from beside it, and others give back to: the room that is left.
    budgets: FxHashSet<VariableId>,
}

impl<'p> Fill<'p> {
    pub fn of(program: &'p Program, key: Key, event: &Event) -> Fill<'p> {
        let mut fill = Fill {
            program,
            containers: FxHashSet::default(),
            counts: FxHashSet::default(),
            budgets: FxHashSet::default(),
        };
        for key in [key, event.inner] {
            match key {
                Key::Variable(variable) => {
                    fill.containers.insert(variable);
                }
                Key::Type(named) => {
                    for &(_, method) in &program.named[named.index()].methods {
                        if let FunctionKind::Method(receiver, _) = program.function(method).kind {
                            fill.containers.insert(receiver);
                        }
                    }
                }
            }
        }
        for at in [event.origin, event.step] {
            let function = program.function_of(at);
            fill.count_beside(function);
            // A helper may count up what there is, and refuse what is too much.
            for &helper in program.runs(function) {
                fill.count_beside(helper);
            }
        }
        fill
    }

    /// Numbers that a function counts up, and maps that it fills.
    fn count_beside(&mut self, function: FunctionId) {
        let program = self.program;
        for step in program.steps_of(function) {
            let counted = match program.op(step) {
                Op::Assign(assign)
                    if matches!(assign.how, crate::model::AssignHow::Update(BinaryOp::Add)) =>
                {
                    program.list(assign.targets).first().copied()
                }
                Op::Assign(assign) if assign.how == AssignHow::Update(BinaryOp::Subtract) => {
                    let target = program.list(assign.targets).first().copied();
                    let left = target.and_then(|target| root(program, target));
                    let given_back = |&left: &VariableId| is_given_back(program, left, function);
                    self.budgets.extend(left.filter(given_back));
                    None
                }
                Op::Call(call) if call.api == Api::AtomicAdd => call
                    .receiver
                    .or_else(|| program.list(call.args).first().copied()),
                Op::Assign(assign) => {
                    let target = program.list(assign.targets).first().copied();
                    if let Some(target) = target
                        && matches!(program.kind(target), ExprKind::Index(..))
                    {
                        self.containers.extend(root(program, target));
                    }
                    None
                }
                _ => None,
            };
            if let Some(variable) = counted.and_then(|counted| root(program, counted))
                && matches!(
                    program.variable(variable).kind,
                    VariableKind::Field(_) | VariableKind::Global
                )
            {
                self.counts.insert(variable);
            }
        }
    }

    fn is_container(&self, id: ExprId) -> bool {
        root(self.program, id).is_some_and(|variable| {
            let alias = || alias_of(self.program, variable);
            self.containers.contains(&variable)
                || alias().is_some_and(|of| self.containers.contains(&of))
        })
    }

    /// Whether a value tells how much is in the queue.
    pub fn tells_fill(&self, id: ExprId, depth: u32) -> bool {
        let Some(depth) = depth.checked_sub(1) else {
            return false;
        };
        let program = self.program;
        match *program.kind(id) {
            ExprKind::Length(of) | ExprKind::Capacity(of) => {
                self.is_container(of)
                    || matches!(*program.kind(of), ExprKind::Variable(local)
                        if matches!(program.variable(local).init, Init::Value(value) if self.is_container(value)))
            }
            ExprKind::Variable(variable) | ExprKind::Field(_, variable)
                if self.counts.contains(&variable) || self.budgets.contains(&variable) =>
            {
                true
            }
            ExprKind::Variable(variable) => match program.variable(variable).init {
                Init::Value(value) => self.tells_fill(value, depth),
                _ => false,
            },
            ExprKind::Binary(_, a, b) => self.tells_fill(a, depth) || self.tells_fill(b, depth),
            ExprKind::Convert(_, inner) | ExprKind::Unary(_, inner) => {
                self.tells_fill(inner, depth)
            }
            ExprKind::Call(step) => self.call_tells_fill(step, depth),
            _ => false,
        }
    }

    fn call_tells_fill(&self, step: StepId, depth: u32) -> bool {
        let Some(call) = self.program.call(step) else {
            return false;
        };
        if let Some(target) = call.target {
            return self
                .returned(target)
                .into_iter()
                .any(|value| self.tells_fill(value, depth));
        }
        let receiver = call.receiver;
        match call.api {
            Api::ListLength => receiver.is_some_and(|receiver| self.is_container(receiver)),
            Api::AtomicLoad => receiver
                .or_else(|| self.program.list(call.args).first().copied())
                .and_then(|of| root(self.program, of))
                .is_some_and(|of| self.counts.contains(&of)),
            // What the items add up to.
            _ if matches!(&*self.program.callee_name(call.callee), "sum" | "count") => receiver
                .is_some_and(|receiver| {
                    let parts = self.program.parts_of(receiver);
                    parts.into_iter().any(|part| self.is_container(part))
                }),
            _ => false,
        }
    }

    fn returned(&self, function: FunctionId) -> Vec<ExprId> {
        self.program
            .steps_of(function)
            .into_iter()
            .filter_map(|step| match self.program.op(step) {
                Op::Return(values) => self.program.list(*values).first().copied(),
                _ => None,
            })
            .collect()
    }

    /// Whether a condition compares the fill with a limit, not only with nothing.
    pub fn is_limit(&self, condition: ExprId) -> bool {
        self.limits(condition, MAX_DEPTH)
    }

    fn limits(&self, condition: ExprId, depth: u32) -> bool {
        let Some(depth) = depth.checked_sub(1) else {
            return false;
        };
        let program = self.program;
        match *program.kind(condition) {
            ExprKind::Binary(BinaryOp::And | BinaryOp::Or, a, b) => {
                self.limits(a, depth) || self.limits(b, depth)
            }
            ExprKind::Unary(UnaryOp::Not, inner) => self.limits(inner, depth),
            ExprKind::Binary(operator, a, b) if operator.is_comparison() => {
                let other = if self.tells_fill(a, depth) {
                    b
                } else if self.tells_fill(b, depth) {
                    a
                } else {
                    return false;
                };
                // Nothing left of a budget is a limit, where nothing in a list is none.
                let is_budget =
                    |side| root(program, side).is_some_and(|of| self.budgets.contains(&of));
                is_budget(a) || is_budget(b) || !matches!(program.constant_int(other), Some(..=1))
            }
            ExprKind::Variable(variable) => match program.variable(variable).init {
                Init::Value(value) => self.limits(value, depth),
                _ => false,
            },
            ExprKind::Call(step) => {
                program
                    .call(step)
                    .and_then(|call| call.target)
                    .is_some_and(|target| {
                        self.returned(target)
                            .into_iter()
                            .any(|value| self.limits(value, depth))
                    })
            }
            _ => false,
        }
    }

    /// Whether a function holds a test of the fill that changes what happens to the items.
    pub fn bounds_in(&self, function: FunctionId, push: Option<StepId>) -> bool {
        let program = self.program;
        program.steps_of(function).into_iter().any(|step| {
            let (conditions, blocks): (Vec<ExprId>, Vec<BlockId>) = match program.op(step) {
                Op::Branch { condition, .. } => (vec![*condition], program.blocks_of(step)),
                Op::Loop(l) => {
                    return l
                        .condition()
                        .is_some_and(|condition| self.is_limit(condition));
                }
                Op::Switch { subject, cases } => {
                    let mut conditions: Vec<ExprId> = subject.iter().copied().collect();
                    for case in cases {
                        conditions.extend_from_slice(program.list(case.values));
                    }
                    (conditions, program.blocks_of(step))
                }
                Op::Return(values) => {
                    // `return len(q) > limit`: the caller is told.
                    let told = program.list(*values).iter();
                    return told.copied().any(|value| self.is_limit(value));
                }
                _ => return false,
            };
            conditions
                .into_iter()
                .any(|condition| self.is_limit(condition))
                && (push.is_some_and(|push| program.is_inside(push, step))
                    || blocks.into_iter().any(|block| self.acts(block)))
        })
    }

    /// Whether a function turns away before a step when there is anything in the queue: it holds
    /// one item at most.
    pub fn fills_empty(&self, push: StepId) -> bool {
        let program = self.program;
        let steps = program.steps_of(program.function_of(push));
        steps.into_iter().any(|step| match program.op(step) {
            Op::Branch {
                condition, then, ..
            } => {
                program.is_before(step, push)
                    && !program.is_inside(push, step)
                    && self.is_filled(*condition, true)
                    && skips(program, *then)
            }
            _ => false,
        })
    }

    /// Whether a condition, or its opposite, holds only when there is something in the queue.
    fn is_filled(&self, condition: ExprId, holds: bool) -> bool {
        let program = self.program;
        match *program.kind(condition) {
            ExprKind::Unary(UnaryOp::Not, inner) => self.is_filled(inner, !holds),
            ExprKind::Binary(BinaryOp::And, a, b) if holds => {
                self.is_filled(a, holds) || self.is_filled(b, holds)
            }
            ExprKind::Binary(operator, a, b) => {
                let asks = match holds {
                    true => matches!(operator, BinaryOp::Greater | BinaryOp::NotEqual),
                    false => operator == BinaryOp::Equal,
                };
                asks && matches!(*program.kind(a), ExprKind::Length(of) if self.is_container(of))
                    && program.constant_int(b) == Some(0)
            }
            _ => false,
        }
    }

    /// Whether a block does more than tell somebody: leaves, waits, evicts, calls.
    fn acts(&self, block: BlockId) -> bool {
        let program = self.program;
        program.block_diverges(block)
            || program
                .steps_in(block)
                .into_iter()
                .any(|step| match program.op(step) {
                    Op::Assign(assign) => program.list(assign.targets).iter().any(|&target| {
                        self.is_container(target)
                            || matches!(*program.kind(target), ExprKind::Variable(_))
                    }),
                    Op::Call(call) => {
                        !matches!(
                            call.api,
                            Api::Log
                                | Api::MetricRecord
                                | Api::Format
                                | Api::AtomicAdd
                                | Api::AtomicStore
                                | Api::Now
                                | Api::Pure
                                | Api::ConditionSignal
                        ) && !self.only_tells(call)
                    }
                    Op::Receive { .. } | Op::Send { .. } | Op::Select(_) | Op::Loop(_) => true,
                    Op::Return(_) | Op::Spawn(_) => true,
                    _ => false,
                })
    }

    /// Whether a call of something out of view is a metric's or a logger's by its name.
    fn only_tells(&self, call: &crate::model::Call) -> bool {
        const TELLS: &[&str] = &[
            "log", "print", "warn", "error", "debug", "info", "inc", "add", "set", "observe",
            "record", "gauge", "metric", "alert", "report", "count",
        ];
        let name = self.program.callee_name(call.callee).to_ascii_lowercase();
        call.target.is_none() && TELLS.iter().any(|word| name.starts_with(word))
    }
}

/// Whether another function adds to a field what this one takes from it.
fn is_given_back(program: &Program, field: VariableId, but: FunctionId) -> bool {
    let is_kept = matches!(
        program.variable(field).kind,
        VariableKind::Field(_) | VariableKind::Global
    );
    let adds = |step: StepId| {
        program.function_of(step) != but
            && matches!(program.op(step), Op::Assign(assign)
                if assign.how == AssignHow::Update(BinaryOp::Add)
                    && program.list(assign.targets).iter().any(|&target| root(program, target) == Some(field)))
    };
    let mut named = program.occurrences(field).iter();
    is_kept && named.any(|&place| program.step_of(place).is_some_and(adds))
}

/// Whether a local is something that ends: a context, the end of a channel.
fn is_waited_on(program: &Program, local: VariableId) -> bool {
    let ty = program.variable(local).ty;
    program.variable(local).kind == VariableKind::Local
        && (program.library(ty) == Some(Library::Context)
            || matches!(program.underlying(ty), Type::Channel(..)))
}

/// Whether a push returns a part of what it puts in that ends when the item is taken: its caller
/// can wait for that.
pub(super) fn gives_ticket(program: &Program, push: &Event) -> bool {
    let function = program.function_of(push.origin);
    let Op::Assign(assign) = program.op(push.origin) else {
        return false;
    };
    let names = |values: crate::model::ExprList| -> Vec<VariableId> {
        let parts = program.list(values).iter();
        parts
            .flat_map(|&value| program.parts_of(value))
            .filter_map(|part| match *program.kind(part) {
                ExprKind::Variable(variable) => Some(variable),
                _ => None,
            })
            .filter(|&variable| is_waited_on(program, variable))
            .collect()
    };
    let items = names(assign.values);
    program
        .steps_of(function)
        .into_iter()
        .any(|step| match program.op(step) {
            Op::Return(values) => names(*values).iter().any(|one| items.contains(one)),
            _ => false,
        })
}

/// Whether the function that appends has emptied the list before: it fills it anew for one run.
pub(super) fn refills(program: &Program, key: Key, push: &Event) -> bool {
    let Key::Variable(variable) = key else {
        return false;
    };
    let is_it = |target: ExprId| {
        root(program, target)
            .is_some_and(|name| name == variable || alias_of(program, name) == Some(variable))
    };
    let is_empty = |value: ExprId| {
        matches!(
            *program.kind(value),
            ExprKind::Nil | ExprKind::Make(..) | ExprKind::Composite(..)
        ) || matches!(*program.kind(value), ExprKind::Slice(_, None, Some(to)) if program.constant_int(to) == Some(0))
    };
    let steps = program.steps_of(program.function_of(push.step));
    steps.into_iter().any(|step| {
        let Op::Assign(assign) = program.op(step) else {
            return false;
        };
        assign.how != AssignHow::Define
            && program
                .assigned(assign)
                .any(|(target, value)| is_it(target) && is_empty(value))
            && program.dominates(step, push.step)
    })
}

/// Whether the append stands under a test that the item is not known yet: the number of
/// different items bounds the list.
pub(super) fn is_set(program: &Program, push: &Event) -> bool {
    [push.step, push.origin].into_iter().any(|step| {
        let function = program.function_of(step);
        let about_known = |condition: ExprId| {
            program.parts_of(condition).into_iter().any(|part| {
                let value = match *program.kind(part) {
                    ExprKind::Variable(variable) => match program.variable(variable).init {
                        Init::Part(value, _) | Init::Value(value) => value,
                        _ => return false,
                    },
                    _ => part,
                };
                // What is moved out of a map on the way in is no sign that it was there before.
                matches!(*program.kind(value), ExprKind::Index(base, _)
                    if matches!(program.underlying(program.expr(base).ty), Type::Map(..))
                        && !moves::is_source(program, push, base))
            })
        };
        let inside = program.ancestors(step).any(|(outer, _)| match program.op(outer) {
            Op::Branch { condition, .. } => about_known(*condition),
            _ => false,
        });
        inside
            || program.steps_of(function).into_iter().any(|before| {
                matches!(program.op(before), Op::Branch { condition, then, .. }
                    if about_known(*condition) && skips(program, *then) && program.is_before(before, step))
            })
    })
}

/// Whether a push happens once for each value that it is called on: its method takes that away.
pub(super) fn is_last(program: &Program, push: &Event) -> bool {
    [push.step, push.origin].into_iter().any(|step| {
        let function = program.outermost(program.function_of(step));
        let FunctionKind::Method(receiver, _) = program.function(function).kind else {
            return false;
        };
        program.has_owners
            && program.enclosing_loop(step).is_none()
            && matches!(program.ty(program.variable(receiver).ty), Type::Named(_))
    })
}

/// Whether a block ends in leaving the function or this turn of a loop.
fn skips(program: &Program, block: BlockId) -> bool {
    let last = program.block(block).steps.last();
    last.is_some_and(|&last| matches!(program.op(last), Op::Return(_) | Op::Continue(_)))
}

/// Whether a function waits, for a permit or room before the push or for its own item after, or
/// asks for a permit that may be refused.
pub(super) fn waits(program: &Program, function: FunctionId) -> bool {
    program.steps_of(function).into_iter().any(|step| {
        if program.runs_deferred(step) {
            return false;
        }
        match program.op(step) {
            Op::Receive { .. } | Op::Send { .. } => program.select_of(step).is_none(),
            Op::Select(_) => !program.has_default(step),
            Op::Call(call) => matches!(
                call.api,
                Api::ConditionWait
                    | Api::GroupWait
                    | Api::PermitAcquire(_)
                    | Api::PermitTryAcquire
                    | Api::RateWait
            ),
            _ => false,
        }
    })
}
