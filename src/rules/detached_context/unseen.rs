//! Work that is started where a token is at hand and never sees it, in languages in which a task
//! ends with nobody: whoever cancels waits for nothing, and the work goes on.

use super::left::takes_time_in;
use super::meant::is_explained;
use crate::model::roles::ContextInScope;
use crate::model::types::{Direction, Discipline};
use crate::model::{
    Api, ExprKind, FunctionId, Library, Op, Program, Spawn, StepId, Type, VariableId, VariableKind,
};
use crate::rules::{Confidence, Findings};

pub(super) fn check(program: &Program, findings: &mut Findings) {
    if !program.has_owners {
        return;
    }
    for at in 0..program.steps.len() {
        let step = StepId(at as u32);
        if let Some(spawn) = program.spawn(step)
            && let Some(token) = token_at(program, step)
            && let Some(work) = unseen_work(program, step, spawn)
        {
            say(program, step, token, work, findings);
        }
    }
}

/// The token that the function of a spawn was given for what it does.
fn token_at(program: &Program, step: StepId) -> Option<VariableId> {
    let function = program.function_of(step);
    if program.function(function).is_test || program.is_task(function) {
        return None;
    }
    match program.context_at(step)? {
        ContextInScope::Parameter(token) => Some(token),
        _ => None,
    }
}

/// The first long work of a task that no token reaches and nobody can end.
fn unseen_work(program: &Program, step: StepId, spawn: &Spawn) -> Option<StepId> {
    let target = spawn.target?;
    let handle = program.variable_or_field(spawn.group?)?;
    if is_kept(program, step, handle) || is_explained(program, step) {
        return None;
    }
    let functions = program.task_of(step);
    let hears = |&function: &FunctionId| {
        program
            .steps_of(function)
            .into_iter()
            .any(|inner| hears_of_an_end(program, inner))
    };
    if functions.iter().any(hears) || takes_token(program, step) {
        return None;
    }
    program.steps_of(target).into_iter().find(|&inner| {
        let is_outbound = matches!(program.call(inner), Some(call) if call.api == Api::Outbound);
        is_outbound && program.enclosing_loop(inner).is_some()
            || program.op_loop(inner).is_some()
                && !program.is_endless(inner)
                && takes_time_in(program, inner)
    })
}

/// Whether the handle of a task goes anywhere: somebody may wait for the task or end it.
fn is_kept(program: &Program, spawn: StepId, handle: VariableId) -> bool {
    let is_unnamed = program.variable(handle).span == program.span(spawn);
    let is_used = program.exprs.iter().any(|expr| {
        matches!(expr.kind, ExprKind::Variable(of) if of == handle)
            && expr.span != program.span(spawn)
    });
    let is_value = program
        .steps_in(program.step(spawn).block)
        .into_iter()
        .filter(|&step| step != spawn)
        .any(|step| program.mentioned_by(step).contains(&handle));
    !is_unnamed || is_used || is_value
}

/// Whether a step waits for a token, a signal or a time limit.
pub(super) fn hears_of_an_end(program: &Program, step: StepId) -> bool {
    match program.op(step) {
        Op::Call(call) => matches!(
            call.api,
            Api::ContextDone | Api::ContextErr | Api::ContextWithDeadline | Api::SignalNotify
        ),
        Op::Select(_) => true,
        _ => program
            .mentions_of(step)
            .into_iter()
            .flat_map(|value| program.parts_of(value))
            .any(|part| is_token(program, part)),
    }
}

/// Whether a task is given a token, by itself or in a field, or takes one along.
pub(super) fn takes_token(program: &Program, step: StepId) -> bool {
    let is_one = |variable| {
        let of = program.variable(variable);
        // A part of what a method is called on says nothing of the rest.
        let holds_one = of.kind != VariableKind::Receiver
            && matches!(*program.pointee(of.ty), Type::Named(named)
                if program.context_field(named).is_some());
        let is_word = matches!(
            program.underlying(of.ty),
            Type::Channel(_, Direction::Receive, Discipline::Latest)
        );
        holds_one || is_word || program.library(of.ty) == Some(Library::Context)
    };
    let mut along = program.mentioned_by_task(step).into_iter();
    let mut given = program.mentions_of(step).into_iter();
    along.any(is_one)
        || given.any(|given| {
            let mut parts = program.parts_of(given).into_iter();
            parts.any(|part| {
                is_token(program, part) || program.variable_of(part).is_some_and(is_one)
            })
        })
}

fn is_token(program: &Program, value: crate::model::ExprId) -> bool {
    program.library(program.expr(value).ty) == Some(Library::Context)
}

fn say(program: &Program, step: StepId, token: VariableId, work: StepId, findings: &mut Findings) {
    let name = program.text(program.variable(token).name).to_owned();
    let finding = findings.at(
        program.span(step),
        Confidence::Medium,
        format!("starts work that never sees `{name}`"),
    );
    finding
        .why(format!(
            "A task goes on when the one that started it has ended. `{name}` is cancelled at the end of the request or of the process, and this work neither hears of it nor can be waited for."
        ))
        .fix(format!(
            "Give the task a `{name}.child_token()` and let its waits end with it, or keep its handle and wait for it. Where the work must outlive its caller, give it a time limit and say so in a comment."
        ))
        .about(name);
    finding.function = Some(program.function_of(step));
    finding.because(program.variable(token).span, "the token that is at hand");
    finding.because(program.span(work), "this goes on without it");
}
