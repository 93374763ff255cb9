//! When and for whom the code around a root runs: for the caller, later, or on a task of its own.

use crate::model::roles::ContextInScope;
use crate::model::{ExprId, ExprKind, FunctionId, FunctionKind, Op, Program, StepId, VariableId};

/// When and for whom the code around a root runs.
pub(super) enum Runs {
    /// For the caller, who waits.
    Here,
    /// Perhaps later: a closure that others keep.
    Later,
    /// On a task that nobody waits for.
    Alone,
}

/// When and for whom a function runs that a root stands in.
pub(super) fn runs_for_caller(
    program: &Program,
    function: FunctionId,
    context: ContextInScope,
) -> Runs {
    let owner = program.variable(context.variable()).function;
    let mut at = function;
    let mut runs = Runs::Here;
    while Some(at) != owner {
        let FunctionKind::Closure(parent) = program.function(at).kind else {
            break;
        };
        if program.is_task(at) {
            let sites = program.spawned_at(at);
            if !sites.iter().any(|&site| is_awaited_here(program, site)) {
                return Runs::Alone;
            }
        } else if !program.runs_in_place(at)
            && (is_handed_over(program, at) || is_kept(program, at) || runs_on_tasks(program, at))
        {
            runs = Runs::Later;
        }
        if is_started_by_callee(program, at) {
            return Runs::Alone;
        }
        at = parent;
    }
    if matches!(context, ContextInScope::Field(_)) && program.is_task(at) {
        return Runs::Alone;
    }
    runs
}

/// Whether the function that starts a task waits for it, and not only whoever ends all of them.
fn is_awaited_here(program: &Program, spawn: StepId) -> bool {
    program.join_of(spawn, &[]).is_some_and(|join| {
        let home = |step| program.outermost(program.function_of(step));
        home(join) == home(spawn)
    })
}

/// Whether a closure becomes a field of something that is there already, or of a value that is
/// returned: it is called when its owner sees fit.
fn is_kept(program: &Program, closure: FunctionId) -> bool {
    let FunctionKind::Closure(parent) = program.function(closure).kind else {
        return false;
    };
    let is_it = |value: ExprId| *program.kind(value) == ExprKind::Closure(closure);
    program.steps_of(parent).into_iter().any(|step| {
        let Op::Assign(assign) = program.op(step) else {
            return false;
        };
        program.assigned(assign).any(|(target, value)| {
            is_it(value)
                && matches!(
                    program.kind(target),
                    ExprKind::Field(..) | ExprKind::Member(..) | ExprKind::Index(..)
                )
        })
    })
}

/// Whether a closure is an argument of code that is not in view.
fn is_handed_over(program: &Program, closure: FunctionId) -> bool {
    let FunctionKind::Closure(parent) = program.function(closure).kind else {
        return false;
    };
    program.steps_of(parent).into_iter().any(|step| {
        program.call(step).is_some_and(|call| {
            call.target.is_none()
                && program
                    .list(call.args)
                    .iter()
                    .any(|&argument| *program.kind(argument) == ExprKind::Closure(closure))
        })
    })
}

/// Whether a closure with a name is called, by way of others, on a task that nobody waits for.
fn runs_on_tasks(program: &Program, closure: FunctionId) -> bool {
    let outermost = program.outermost(closure);
    program.entries_of(closure).iter().any(|&entry| {
        let sites = program.spawned_at(entry);
        program.outermost(entry) == outermost
            && !sites.is_empty()
            && !sites.iter().any(|&site| is_awaited_here(program, site))
    })
}

/// Whether a closure is handed to a function that starts what it gets as a task, and returns.
fn is_started_by_callee(program: &Program, closure: FunctionId) -> bool {
    let FunctionKind::Closure(parent) = program.function(closure).kind else {
        return false;
    };
    program.steps_of(parent).into_iter().any(|step| {
        program.call(step).is_some_and(|call| {
            let arguments = program.list(call.args).iter();
            call.target.is_some_and(|target| {
                let parameters = &program.function(target).parameters;
                arguments.zip(parameters).any(|(&argument, &parameter)| {
                    *program.kind(argument) == ExprKind::Closure(closure)
                        && starts(program, target, parameter)
                })
            })
        })
    })
}

/// Whether a function starts a parameter of it as a task, or calls it on one.
fn starts(program: &Program, function: FunctionId, parameter: VariableId) -> bool {
    let is_it = |callee| program.variable_of(callee) == Some(parameter);
    let is_spawned = |step| match program.op(step) {
        Op::Spawn(spawn) => is_it(spawn.callee),
        _ => false,
    };
    program.steps_of(function).into_iter().any(is_spawned)
        || program.closures_in(function).iter().any(|&inner| {
            let mut sites = program.spawned_at(inner).iter();
            sites.any(|&site| !is_awaited_here(program, site))
                && program
                    .steps_of(inner)
                    .into_iter()
                    .any(|step| program.call(step).is_some_and(|call| is_it(call.callee)))
        })
}
