//! A permit around a call that only starts a task: it is given back as soon as the task has begun.

use super::{Claim, PermitKind, is_given_inside, is_slot, rights, slot_claim};
use crate::model::{Api, ExprId, FunctionId, Init, Library, Op, Program, StepId};

/// How many functions may lie between the permit and the start.
const MAX_CALLS: u32 = 3;
/// How many places are looked at that run one function.
const MAX_SITES: usize = 8;

/// What is held, while the function of a spawn runs, by somebody who runs it for the task alone.
pub(super) fn held(program: &Program, spawn: StepId) -> Option<Claim> {
    held_by_callers(program, spawn, program.function_of(spawn), MAX_CALLS)
}

fn held_by_callers(
    program: &Program,
    spawn: StepId,
    function: FunctionId,
    calls: u32,
) -> Option<Claim> {
    let calls = calls.checked_sub(1)?;
    if program.is_task(function) || !only_starts(program, function, MAX_CALLS) {
        return None;
    }
    runs_at(program, function).into_iter().find_map(|site| {
        let runner = program.function_of(site);
        if runner == function || program.function(runner).is_test {
            return None;
        }
        held_at(program, spawn, site).or_else(|| held_by_callers(program, spawn, runner, calls))
    })
}

/// What a function holds at a step only, for what the step starts.
fn held_at(program: &Program, spawn: StepId, site: StepId) -> Option<Claim> {
    let runner = program.function_of(site);
    let taken = program.taken_at(site).into_iter().find(|taken| {
        taken.give.is_some()
            && match taken.take.kind {
                PermitKind::Lock => false,
                PermitKind::Slot => is_slot(program, taken),
                PermitKind::Semaphore | PermitKind::Place => true,
            }
            && !is_given_inside(program, spawn, taken.take.object)
    });
    let claim = match taken {
        Some(taken) => slot_claim(program, site, &taken),
        None => rights::owned(program, site),
    };
    claim.filter(|_| {
        only_starts(program, runner, MAX_CALLS) && program.join_of(spawn, &[runner]).is_none()
    })
}

/// Where a function runs: where it is called, and where what it was handed to calls it or waits for
/// what it makes.
fn runs_at(program: &Program, function: FunctionId) -> Vec<StepId> {
    let mut sites = Vec::new();
    let is_made = program.asynchronous.contains(&function);
    for &caller in program.callers[function.index()].iter().take(MAX_SITES) {
        if !matches!(program.op(caller), Op::Call(_)) {
            continue;
        }
        let handed = match is_made {
            true => handed_on(program, program.function_of(caller), &|value| {
                made_by(program, value) == Some(caller)
            }),
            false => Vec::new(),
        };
        match handed.is_empty() {
            true => sites.push(caller),
            false => sites.extend(handed),
        }
    }
    if program.is_closure(function) {
        for &call in program.handed_to(function).iter().take(MAX_SITES) {
            sites.extend(used_by_callee(program, call, &|value| {
                program.function_of_value(value) == Some(function)
            }));
        }
    }
    sites
}

/// Where the callees that a function hands a value to use it.
fn handed_on(
    program: &Program,
    function: FunctionId,
    is_it: &dyn Fn(ExprId) -> bool,
) -> Vec<StepId> {
    let steps = program.steps_of(function).into_iter();
    steps
        .filter_map(|step| used_by_callee(program, step, is_it))
        .collect()
}

/// Where the callee of a call uses the argument that is meant, for the last time.
fn used_by_callee(
    program: &Program,
    call: StepId,
    is_it: &dyn Fn(ExprId) -> bool,
) -> Option<StepId> {
    let call = program.call(call)?;
    let at = program.list(call.args).iter().position(|&arg| is_it(arg))?;
    let target = call.target?;
    let &parameter = program.function(target).parameters.get(at)?;
    let uses = |&step: &StepId| {
        program.mentions_of(step).into_iter().any(|value| {
            let mut parts = program.parts_of(value).into_iter();
            parts.any(|part| program.variable_of(part) == Some(parameter))
        })
    };
    program.steps_of(target).into_iter().rfind(uses)
}

/// The call that made a value, also under a name.
fn made_by(program: &Program, value: ExprId) -> Option<StepId> {
    let named =
        program
            .variable_of(value)
            .and_then(|variable| match program.variable(variable).init {
                Init::Value(first) => Some(first),
                _ => None,
            });
    let (step, _) = program.call_of(named.unwrap_or(value))?;
    Some(step)
}

/// Whether a function does no work of its own, so that whatever is held while it runs is held for
/// what it starts.
fn only_starts(program: &Program, function: FunctionId, calls: u32) -> bool {
    program
        .steps_of(function)
        .into_iter()
        .all(|step| match program.op(step) {
            Op::Loop(_) => false,
            Op::Send { .. } | Op::Receive { .. } => {
                program.select_of(step).is_some() || !program.permit_uses(step).is_empty()
            }
            Op::Call(call) => match (call.api, call.target) {
                (
                    Api::Outbound
                    | Api::Sleep
                    | Api::GroupWait
                    | Api::ConditionWait
                    | Api::MessageFetch
                    | Api::Accept
                    | Api::Serve
                    | Api::RateWait
                    | Api::BackoffRetry
                    | Api::Local
                    | Api::Respond,
                    _,
                ) => false,
                (Api::Other, None) => !is_work(program, step),
                (Api::Other, Some(target)) => {
                    !program.permit_uses(step).is_empty()
                        || calls > 0 && only_starts(program, target, calls - 1)
                }
                _ => true,
            },
            _ => true,
        })
}

/// Whether a call out of view may be what takes the time: it is given a context, or something that
/// it makes a value of.
fn is_work(program: &Program, step: StepId) -> bool {
    program.call(step).is_some_and(|call| {
        let args = program.list(call.args);
        let is_context = |&argument: &ExprId| {
            program.library(program.expr(argument).ty) == Some(Library::Context)
        };
        args.iter().any(is_context) || !args.is_empty() && program.used_results().contains(&step)
    })
}
