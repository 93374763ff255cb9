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
    /// Who failed sends nothing instead of an answer.
    pub fails_by_nothing: bool,
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
            fails_by_nothing: false,
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
            &Op::Send { value, .. } => {
                let Some(channel) = program.channel_of(step) else {
                    return;
                };
                let outcome = program.outcome_at(step);
                self.searches |= outcome == Some(false) && is_of_a_find(program, step);
                self.fails_by_nothing |=
                    outcome == Some(true) && *program.kind(value) == ExprKind::Nil;
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
                    && program.outcome_at(once) != Some(true)
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
    let of_replica = is_of_variable(program, call) || asks_by_another(program, call);
    u8::from(gives_result(program, step, of_replica))
}

/// Whether a function of the unit is handed a replica, and asks it.
fn asks_by_another(program: &Program, call: &Call) -> bool {
    let Some(target) = call.target else {
        return false;
    };
    let facts = program.function(target);
    let handed = program.list(call.args).iter().zip(&facts.parameters);
    let replicas: Vec<VariableId> = handed
        .filter(|&(&argument, _)| is_replica(program, argument))
        .map(|(_, &parameter)| parameter)
        .collect();
    !replicas.is_empty()
        && program
            .calls_in(facts.body)
            .into_iter()
            .any(|(step, asked)| {
                let of = program.variable_of(called_on(program, asked));
                asked.api == Api::Other
                    && asked.args.len > 0
                    && of.is_some_and(|of| replicas.contains(&of))
                    && !waits_for_others(&program.callee_name(asked.callee))
                    && gives_result(program, step, true)
            })
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

/// What a call is made on: the value that a method is called on, also where nothing is known of
/// it, or the function itself.
fn called_on(program: &Program, call: &Call) -> ExprId {
    call.receiver.unwrap_or(match *program.kind(call.callee) {
        ExprKind::Member(base, _) | ExprKind::Field(base, _) => base,
        _ => call.callee,
    })
}

/// Whether a call is a method of, or the value in, a variable of the task itself: its replica.
fn is_of_variable(program: &Program, call: &Call) -> bool {
    is_replica(program, called_on(program, call))
}

/// How many names and copies a replica may have.
const MAX_NAMES: usize = 4;

/// Whether a value is a variable of the task itself, which may be a copy of the replica.
fn is_replica(program: &Program, value: ExprId) -> bool {
    let Some(variable) = program.variable_of(value) else {
        return false;
    };
    let known = program.variable(variable);
    match known.init {
        Init::Element(_) => true,
        Init::Value(value) => match *program.kind(value) {
            ExprKind::Variable(_) | ExprKind::Index(..) => true,
            ExprKind::Call(_) => is_copy(program, value),
            _ => false,
        },
        _ => known.kind == VariableKind::Parameter,
    }
}

/// Whether a value is made of an element of a list by methods that are given nothing, as copies are.
fn is_copy(program: &Program, mut value: ExprId) -> bool {
    for _ in 0..MAX_NAMES {
        value = match *program.kind(value) {
            ExprKind::Call(step) => match program.call(step) {
                Some(call) if call.args.len == 0 => called_on(program, call),
                _ => return false,
            },
            ExprKind::Variable(variable) => match program.variable(variable).init {
                Init::Element(_) => return true,
                Init::Value(first) => first,
                _ => return false,
            },
            ExprKind::Reference(inner) | ExprKind::Dereference(inner) => inner,
            ExprKind::Index(..) => return true,
            _ => return false,
        };
    }
    false
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
