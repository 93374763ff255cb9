//! What a task of a fan-out does: what it asks, and how it reports.

use crate::model::channels::{ArmKind, Source};
use crate::model::{
    Api, BinaryOp, Call, ExprId, ExprKind, FunctionId, Init, Library, LoopKind, ObjectId, Op,
    Owner, Program, StepId, Type, VariableId, VariableKind,
};

/// The most functions of a task.
const MAX_FUNCTIONS: usize = 60;

/// A task that asks once and reports once.
pub(super) struct Task {
    /// What it asks.
    pub call: StepId,
    /// The channels that it reports to.
    pub reports: Vec<ObjectId>,
    /// Channels that it closes once, as the winner.
    pub wins: Vec<ObjectId>,
    /// It reports only what went well.
    pub reports_success_only: bool,
    /// It reports only an answer that holds what is searched for: the others have nothing to say.
    pub searches: bool,
    /// The channels that end it.
    pub listens_to: Vec<ObjectId>,
    functions: Vec<FunctionId>,
}

impl Task {
    pub fn of(program: &Program, spawn: StepId) -> Option<Task> {
        let target = program.spawn(spawn)?.target?;
        let functions = program.task_of(spawn);
        if functions.len() > MAX_FUNCTIONS {
            return None;
        }
        let mut task = Task {
            call: spawn,
            reports: Vec::new(),
            wins: Vec::new(),
            reports_success_only: true,
            searches: false,
            listens_to: Vec::new(),
            functions,
        };
        let mut call = None;
        for function in task.functions.clone() {
            let is_own =
                function == target || program.outermost(function) == program.outermost(target);
            for step in program.steps_of(function) {
                if is_own && is_worker(program, step) {
                    return None;
                }
                if is_own {
                    call = better(program, call, step);
                }
                task.look(program, step);
            }
        }
        task.call = call?;
        if waits_first(program, &task.functions, task.call)
            || (task.reports.is_empty() && task.wins.is_empty())
        {
            return None;
        }
        Some(task)
    }

    fn look(&mut self, program: &Program, step: StepId) {
        match program.op(step) {
            Op::Send { .. } => {
                let Some(channel) = program.channel_of(step) else {
                    return;
                };
                let outcome = outcome_at(program, step);
                self.searches |= outcome == Some(false) && is_of_a_find(program, step);
                self.reports_success_only &= outcome == Some(false);
                // Failures alone are not answers.
                if outcome != Some(true) {
                    self.reports.push(channel);
                }
            }
            Op::Close { .. } => {
                let function = program.function_of(step);
                if let Some(channel) = program.channel_of(step)
                    && let Some(once) = once_around(program, function, &self.functions)
                    && outcome_at(program, once) != Some(true)
                {
                    self.wins.push(channel);
                }
            }
            Op::Select(_) => {
                for (arm, kind) in program.arms(step) {
                    if kind == ArmKind::Done
                        && let Some(channel) =
                            arm.communication.and_then(|step| program.channel_of(step))
                    {
                        self.listens_to.push(channel);
                    }
                }
            }
            _ => {}
        }
    }

    /// The contexts that it hands on.
    pub fn contexts(&self, program: &Program) -> Vec<VariableId> {
        self.functions
            .iter()
            .flat_map(|&function| program.calls_in(program.function(function).body))
            .flat_map(|(_, call)| program.list(call.args).to_vec())
            .filter(|&argument| {
                program.library(program.expr(argument).ty) == Some(Library::Context)
            })
            .filter_map(|argument| program.variable_of(argument))
            .collect()
    }
}

/// Whether functions that run for one replica wait for its turn before they ask.
pub(super) fn waits_first(program: &Program, functions: &[FunctionId], call: StepId) -> bool {
    let asked = program.span(call);
    functions.iter().any(|&function| {
        program.steps_of(function).into_iter().any(|step| {
            let span = program.span(step);
            if span.file == asked.file
                && span.start > asked.start
                && function == program.function_of(call)
            {
                return false;
            }
            match program.op(step) {
                Op::Call(call) => matches!(call.api, Api::Sleep | Api::RateWait),
                Op::Receive { channel, .. } if program.select_of(step).is_none() => {
                    matches!(program.channel_source(*channel), Source::Timer(_))
                }
                Op::Select(_) => {
                    let arms = program.arms(step);
                    arms.iter().any(|(_, kind)| *kind == ArmKind::Timeout)
                        && arms.iter().all(|(_, kind)| {
                            matches!(kind, ArmKind::Timeout | ArmKind::Done | ArmKind::Receive)
                        })
                }
                _ => false,
            }
        })
    })
}

/// Whether a step makes the task one that serves many jobs.
fn is_worker(program: &Program, step: StepId) -> bool {
    match program.op(step) {
        Op::Loop(l) => matches!(l.kind, LoopKind::Channel(_) | LoopKind::Forever),
        Op::Send { .. } => program.enclosing_loop(step).is_some(),
        _ => false,
    }
}

/// The call that asks: one over the network, one with a context, one that can fail.
pub(super) fn better(program: &Program, best: Option<StepId>, step: StepId) -> Option<StepId> {
    let rank = |step: StepId| {
        program
            .call(step)
            .map_or(0, |call| rank(program, step, call))
    };
    match best {
        Some(known) if rank(known) >= rank(step) => Some(known),
        _ if rank(step) > 0 => Some(step),
        _ => best,
    }
}

fn rank(program: &Program, step: StepId, call: &Call) -> u8 {
    if call.api == Api::Outbound {
        return 3;
    }
    if call.api != Api::Other || waits_for_others(&program.callee_name(call.callee)) {
        return 0;
    }
    let takes_context = program
        .list(call.args)
        .iter()
        .any(|&argument| program.library(program.expr(argument).ty) == Some(Library::Context));
    if takes_context {
        return 2;
    }
    u8::from(gives_result(program, step, is_of_variable(program, call)))
}

/// Whether a call by this name asks nobody: it waits for what comes, or opens an end of its own.
pub(super) fn waits_for_others(name: &str) -> bool {
    let lower = name.to_ascii_lowercase();
    [
        "wait", "accept", "listen", "recv", "receive", "watch", "serve", "bind",
    ]
    .iter()
    .any(|word| lower.starts_with(word))
}

/// Whether a call is a method of, or the value in, a variable of the task itself: its replica.
fn is_of_variable(program: &Program, call: &Call) -> bool {
    let base = call.receiver.unwrap_or(call.callee);
    let ExprKind::Variable(variable) = *program.kind(base) else {
        return false;
    };
    let known = program.variable(variable);
    match known.init {
        Init::Element(_) => true,
        Init::Value(value) => matches!(
            program.kind(value),
            ExprKind::Variable(_) | ExprKind::Index(..)
        ),
        _ => known.kind == VariableKind::Parameter,
    }
}

/// Whether somebody takes what a call yields; without a replica at hand, that it can fail.
fn gives_result(program: &Program, step: StepId, of_replica: bool) -> bool {
    let block = program.step(step).block;
    let is_it = |value: &ExprId| {
        program
            .parts_of(*value)
            .into_iter()
            .any(|part| matches!(*program.kind(part), ExprKind::Call(of) if of == step))
    };
    program
        .block(block)
        .steps
        .iter()
        .any(|&user| match program.op(user) {
            Op::Assign(assign) => {
                program.list(assign.values).iter().any(is_it)
                    && (of_replica
                        || program
                            .list(assign.targets)
                            .iter()
                            .any(|&target| program.is_error(target)))
            }
            Op::Send { value, .. } => of_replica && is_it(value),
            Op::Return(values) => of_replica && program.list(*values).iter().any(is_it),
            _ => false,
        })
}

/// Whether a step runs when something failed (`true`), went well (`false`), or either way.
pub(super) fn outcome_at(program: &Program, step: StepId) -> Option<bool> {
    let mut at = step;
    loop {
        let (block, index) = (program.step(at).block, program.step(at).index as usize);
        // An earlier branch that leaves on one outcome leaves the other.
        for &earlier in program.block(block).steps[..index].iter().rev() {
            if let Op::Branch {
                condition,
                then,
                otherwise: None,
            } = program.op(earlier)
                && let Some(failed) = program.failure_test(*condition)
                && program.block_diverges(*then)
            {
                return Some(!failed);
            }
        }
        let owner = program.block(block).owner;
        let around = owner.step()?;
        if let Op::Branch { condition, .. } = program.op(around)
            && let Some(failed) = program.failure_test(*condition)
        {
            return match owner {
                Owner::Then(_) => Some(failed),
                _ => Some(!failed),
            };
        }
        at = around;
    }
}

/// Whether a send stands where a part of an answer is there that need not be: one of those who
/// are asked knows what the others do not.
fn is_of_a_find(program: &Program, send: StepId) -> bool {
    program.ancestors(send).any(|(around, owner)| {
        let Op::Branch { condition, .. } = *program.op(around) else {
            return false;
        };
        let ExprKind::Binary(BinaryOp::NotEqual, asked, nothing) = *program.kind(condition) else {
            return false;
        };
        matches!(owner, Owner::Then(_))
            && matches!(program.kind(nothing), ExprKind::Nil)
            && matches!(
                program.kind(asked),
                ExprKind::Field(..) | ExprKind::Member(..)
            )
            && !program.is_error(asked)
    })
}

/// The call that runs a closure once, where it stands in one of some functions.
fn once_around(program: &Program, closure: FunctionId, among: &[FunctionId]) -> Option<StepId> {
    among
        .iter()
        .flat_map(|&function| program.calls_in(program.function(function).body))
        .find(|(_, call)| {
            call.api == Api::OnceDo
                && program.list(call.args).iter().any(|&argument| {
                    matches!(
                        *program.kind(argument),
                        ExprKind::Closure(of)
                            | ExprKind::Function(of, _) if of == closure
                    )
                })
        })
        .map(|(step, _)| step)
}

/// Whether a channel carries more than the news that something failed or is over.
pub(super) fn carries_answers(program: &Program, channel: ObjectId) -> bool {
    !matches!(
        program.underlying(program.element_type(channel)),
        Type::Error | Type::Unit
    )
}
