//! Tasks that go on when whoever waits for them has been told to end: the wait ends with a token,
//! and dropping a handle ends no task; or all tasks of a function are waited for, and one of them
//! was not given the token that the others have.

use super::meant::is_explained;
use super::unseen::{hears_of_an_end, takes_token};
use crate::model::channels::ArmKind;
use crate::model::roles::ContextInScope;
use crate::model::{
    Api, ExprId, FunctionId, Library, LoopKind, ObjectId, Op, Program, StepId, VariableId,
    VariableKind,
};
use crate::rules::{Confidence, Findings};
use rustc_hash::FxHashMap;

pub(super) fn check(program: &Program, findings: &mut Findings) {
    if !program.has_owners {
        return;
    }
    let races = Races::of(program);
    let mut by_function: FxHashMap<FunctionId, Vec<StepId>> = FxHashMap::default();
    for step in program.step_ids() {
        let Some(spawn) = program.spawn(step) else {
            continue;
        };
        let function = program.function_of(step);
        if program.function(function).is_test || program.started_elsewhere.contains(&step) {
            continue;
        }
        by_function.entry(function).or_default().push(step);
        let handle = spawn.group.and_then(|group| program.object_of(group));
        if let Some(&(select, token)) = handle.and_then(|handle| races.lost.get(&handle))
            && let Some(work) = deaf_work(program, step, true)
            && !is_explained(program, select)
        {
            say_raced(program, step, (select, token), work, findings);
        }
    }
    for spawns in by_function.into_values().filter(|spawns| spawns.len() > 1) {
        judge_siblings(program, &spawns, findings);
    }
}

/// Waits for handles that end with a token.
struct Races {
    /// For each handle that is left alone then, the select and the token.
    lost: FxHashMap<ObjectId, (StepId, ExprId)>,
}

impl Races {
    fn of(program: &Program) -> Races {
        let mut lost = FxHashMap::default();
        for select in program.step_ids() {
            if !matches!(program.op(select), Op::Select(_)) {
                continue;
            }
            let arms = program.arms(select);
            let Some(token) = arms.iter().find_map(|(arm, kind)| {
                let is_over = *kind == ArmKind::Done
                    && (program.block_diverges(arm.body)
                        || program.enclosing_loop(select).is_none());
                is_over.then(|| token_of(program, arm.communication?))?
            }) else {
                continue;
            };
            for (arm, _) in arms {
                let handle = arm.communication.and_then(|wait| handle_of(program, wait));
                if let Some((handle, variable)) = handle
                    && !is_used_elsewhere(program, select, variable)
                    && !is_kept(program, handle)
                    && !program.is_cancelled(handle)
                {
                    lost.insert(handle, (select, token));
                }
            }
        }
        Races { lost }
    }
}

/// What an arm waits for the end of: a token, or a channel by which others stop.
fn token_of(program: &Program, wait: StepId) -> Option<ExprId> {
    let Op::Receive { channel, .. } = *program.op(wait) else {
        return None;
    };
    let Some((_, call)) = program.call_of(channel) else {
        return (!program.is_process_signal(channel)).then_some(channel);
    };
    let token = call.receiver?;
    (program.library(program.expr(token).ty) == Some(Library::Context)).then_some(token)
}

/// The handle of a task that an arm waits for.
fn handle_of(program: &Program, wait: StepId) -> Option<(ObjectId, VariableId)> {
    let waited = match *program.op(wait) {
        Op::Receive { channel, .. } => channel,
        Op::Call(ref call) if call.api == Api::GroupWait => call.receiver?,
        _ => return None,
    };
    let variable = program.variable_of(waited)?;
    let is_handle = program.library(program.variable(variable).ty) == Some(Library::TaskGroup);
    Some((program.object_of(waited)?, variable)).filter(|_| is_handle)
}

/// Whether a handle is kept beyond the call: somebody may wait for the task later.
fn is_kept(program: &Program, handle: ObjectId) -> bool {
    let mut variables = program.object(handle).variables.iter();
    variables.any(|&variable| {
        matches!(
            program.variable(variable).kind,
            VariableKind::Field(_) | VariableKind::Global
        )
    })
}

/// Whether anything but a select has to do with a handle: it may be kept, waited for or ended.
fn is_used_elsewhere(program: &Program, select: StepId, handle: VariableId) -> bool {
    let function = program.function_of(select);
    program.steps_of(function).into_iter().any(|step| {
        let declares = matches!(program.op(step), Op::Assign(assign)
            if program.list(assign.targets).iter().any(|&target| program.variable_of(target) == Some(handle)));
        !declares
            && !program.is_inside(step, select)
            && program.mentioned_by(step).contains(&handle)
    })
}

/// The long work of a task which no token reaches, and which the end of nothing else ends. Of work
/// that somebody gives up waiting for it is known that it takes time.
fn deaf_work(program: &Program, spawn: StepId, is_given_up: bool) -> Option<StepId> {
    let target = program.spawn(spawn)?.target?;
    let ends = |step: StepId| {
        hears_of_an_end(program, step)
            || match program.op(step) {
                Op::Send { .. } | Op::Receive { .. } => true,
                Op::Loop(l) => matches!(l.kind, LoopKind::Channel(_)),
                _ => false,
            }
    };
    let mut reached = program.task_of(spawn).into_iter();
    let is_told = reached.any(|function| program.steps_of(function).into_iter().any(ends));
    if is_told || takes_token(program, spawn) || is_explained(program, spawn) {
        return None;
    }
    program
        .steps_of(target)
        .into_iter()
        .find(|&step| is_given_up && takes_time(program, step) || takes_time_in(program, step))
}

/// Whether a step is a loop whose turns take time.
pub(super) fn takes_time_in(program: &Program, step: StepId) -> bool {
    program.op_loop(step).is_some_and(|l| {
        let inner = program.steps_in(l.body);
        inner.into_iter().any(|inner| takes_time(program, inner))
    })
}

/// Whether a step waits for something that is out of view.
fn takes_time(program: &Program, step: StepId) -> bool {
    program.call(step).is_some_and(|call| {
        let is_unseen = call
            .target
            .is_none_or(|target| !program.function(target).has_body);
        is_unseen && call.api == Api::Other && program.awaited.contains(&step)
            || matches!(call.api, Api::Outbound | Api::Sleep | Api::RateWait)
    })
}

/// The tasks of one function, which waits for them.
fn judge_siblings(program: &Program, spawns: &[StepId], findings: &mut Findings) {
    let told = |&&spawn: &&StepId| takes_token(program, spawn);
    let Some(&sibling) = spawns.iter().find(told) else {
        return;
    };
    for &spawn in spawns.iter().filter(|&&spawn| spawn != sibling) {
        let handle = program.spawn(spawn).and_then(|spawn| spawn.group);
        let is_ended = handle
            .and_then(|handle| program.object_of(handle))
            .is_some_and(|handle| program.is_cancelled(handle));
        let token = match program.context_at(spawn) {
            Some(ContextInScope::Parameter(token) | ContextInScope::Field(token)) => token,
            _ => continue,
        };
        if !is_ended
            && is_waited_for(program, spawn)
            && let Some(work) = deaf_work(program, spawn, false)
        {
            say_sibling(program, spawn, (sibling, token), work, findings);
        }
    }
}

/// Whether the function that starts a task waits for it, whatever it is told meanwhile.
fn is_waited_for(program: &Program, spawn: StepId) -> bool {
    program.join_of(spawn, &[]).is_some_and(|join| {
        program.function_of(join) == program.function_of(spawn)
            && !program
                .ancestors(join)
                .any(|(around, _)| matches!(program.op(around), Op::Select(_)))
    })
}

fn say_raced(
    program: &Program,
    spawn: StepId,
    (select, token): (StepId, ExprId),
    work: StepId,
    findings: &mut Findings,
) {
    let name = program.show(token);
    let finding = findings.at(
        program.span(spawn),
        Confidence::Medium,
        format!("goes on when `{name}` has ended the wait for it"),
    );
    finding
        .why(format!(
            "Dropping a task's handle ends no task. When `{name}` is cancelled, whoever waits returns, and this work, which never sees the token, goes on for nobody."
        ))
        .fix(format!(
            "Give the task a child of `{name}` and look at it in every turn; or abort the task by its handle in the arm that returns, or await the work in place instead of a task."
        ))
        .about(name);
    finding.function = Some(program.function_of(spawn));
    finding.because(program.span(select), "the wait that is given up");
    finding.because(program.span(work), "this goes on without it");
}

fn say_sibling(
    program: &Program,
    spawn: StepId,
    (sibling, token): (StepId, VariableId),
    work: StepId,
    findings: &mut Findings,
) {
    let name = program.text(program.variable(token).name).to_owned();
    let finding = findings.at(
        program.span(spawn),
        Confidence::Medium,
        format!("is waited for, and never sees `{name}` as the task beside it does"),
    );
    finding
        .why(format!(
            "Whoever cancels `{name}` waits for both tasks. The one ends; this one works on until all of its work is done, however long that takes, and nothing stops it."
        ))
        .fix(format!(
            "Give this task a clone or a child of `{name}` too, and look at it in every turn of its loop; or abort the task when `{name}` is cancelled."
        ))
        .about(name);
    finding.function = Some(program.function_of(spawn));
    finding.because(program.span(sibling), "this one is given the token");
    finding.because(program.span(work), "this goes on without it");
}
