//! Whose worker it is: an owner's, that comes and goes, or the process's.
//!
//! A worker that nothing stops is a leak once for each owner that was ever made. One that the
//! process starts once lives as long as it does, and most authors mean that.

use super::once::{self, Often};
use super::{again, process};
use crate::model::{
    Api, ExprId, ExprKind, FunctionId, FunctionKind, Library, Program, StepId, Type, TypeId,
    VariableKind,
};
use crate::rules::Confidence;

/// How far callers are followed.
const DEPTH: usize = 3;

/// The most that is said of a worker that runs in this function.
pub(super) fn limit(program: &Program, function: FunctionId, looped: StepId) -> Confidence {
    let facts = program.function(function);
    if facts.is_test
        || process::is_said_at(program, facts.span)
        || process::is_said_within(program, function, looped)
    {
        return Confidence::Low;
    }
    let sites = starts(program, function);
    // Who is handed a task to start may also end it.
    let is_handed = |site: &StepId| program.started_elsewhere.contains(site);
    if !sites.is_empty() && sites.iter().all(is_handed) {
        return Confidence::Low;
    }
    let often = once::often(program, &sites);
    if often == Often::Once && !sites.iter().any(|&site| is_of_what_ends(program, site)) {
        return Confidence::Low;
    }
    if takes_context(program, function) {
        return Confidence::High;
    }
    let is_at_start =
        often == Often::AtStart && sites.iter().all(|&site| program.context_at(site).is_none());
    if is_at_start
        || process::serves_the_package(program, function)
        || once::only_serves_the_package(program, &sites)
    {
        return Confidence::Low;
    }
    if sites
        .iter()
        .any(|&site| again::is_for_each_call(program, site))
    {
        return Confidence::Medium;
    }
    // Without a start in view it is not known to be the process's.
    if sites.is_empty() || sites.iter().any(|&site| is_owned_at(program, site, DEPTH)) {
        Confidence::High
    } else {
        Confidence::Low
    }
}

/// Whether a worker belongs to what has a stop, which does not come to the worker.
fn is_of_what_ends(program: &Program, site: StepId) -> bool {
    let starter = program.outermost(program.function_of(site));
    once::belongs_to_what_stops(program, starter)
}

/// Whether a worker is started by what nobody calls: by a method that is left over, where others of
/// its type are in use. What is open to code out of view may be called by it.
pub(super) fn is_never_started(program: &Program, function: FunctionId) -> bool {
    let sites = starts(program, function);
    let is_called = |function: FunctionId| !program.callers[function.index()].is_empty();
    let is_left_over = |&site: &StepId| {
        let starter = program.outermost(program.function_of(site));
        let facts = program.function(starter);
        let FunctionKind::Method(_, named) = facts.kind else {
            return false;
        };
        let of_type = &program.named[named.index()].methods;
        !facts.exported
            && !facts.is_value
            && !facts.of_interface
            && !facts.is_test
            && facts.handler.is_none()
            && !is_called(starter)
            && of_type.iter().any(|&(_, method)| is_called(method))
    };
    !sites.is_empty() && sites.iter().all(is_left_over)
}

/// Where a worker starts: as a task, or as the one call of a task.
fn starts(program: &Program, function: FunctionId) -> Vec<StepId> {
    let sites = program.spawned_at(function);
    if !sites.is_empty() {
        return sites.to_vec();
    }
    program.callers[function.index()]
        .iter()
        .flat_map(|&caller| {
            program
                .spawned_at(program.function_of(caller))
                .iter()
                .copied()
        })
        .collect()
}

/// Whether code at a place runs once for each of many owners, calls or requests.
fn is_owned_at(program: &Program, site: StepId, depth: usize) -> bool {
    let function = program.function_of(site);
    !is_once_for_the_process(program, function)
        && !process::is_kept_at(program, site)
        && is_owned(program, program.outermost(function), depth)
}

fn is_owned(program: &Program, function: FunctionId, depth: usize) -> bool {
    let facts = program.function(function);
    if facts.handler.is_some() {
        return true;
    }
    let is_of_package = match facts.kind {
        FunctionKind::Method(_, named) => process::is_of_package(program, named),
        _ => process::is_made_for_package(program, function),
    };
    if is_of_package {
        return false;
    }
    if takes_context(program, function) {
        return !is_step_of_main(program, function);
    }
    match facts.kind {
        FunctionKind::Method(_, named) => {
            program.has_stop(named) || is_called_by_owned(program, function, depth)
        }
        _ if matches!(program.text(facts.name), "main" | "init") => false,
        _ if facts.results.iter().any(|&ty| is_owner(program, ty)) => {
            let makes_one_that_stops = facts.results.iter().any(
                |&ty| matches!(*program.pointee(ty), Type::Named(named) if program.has_stop(named)),
            );
            let sites = &program.callers[function.index()];
            makes_one_that_stops
                || sites.is_empty() && !is_global_value(program, function)
                || is_called_by_owned(program, function, depth)
        }
        _ => {
            let sites = &program.callers[function.index()];
            let is_given_one = facts
                .parameters
                .iter()
                .any(|&parameter| is_owner(program, program.variable(parameter).ty));
            sites.is_empty() && is_given_one && !program.is_executable()
                || is_called_by_owned(program, function, depth)
        }
    }
}

fn is_called_by_owned(program: &Program, function: FunctionId, depth: usize) -> bool {
    depth > 0
        && program.callers[function.index()]
            .iter()
            .any(|&site| !is_in_global(program, site) && is_owned_at(program, site, depth - 1))
}

/// Whether a function of a program is what its entry calls once.
fn is_step_of_main(program: &Program, function: FunctionId) -> bool {
    let sites = &program.callers[function.index()];
    let is_once = |&site: &StepId| {
        program.is_program_entry(program.function_of(site))
            && program.enclosing_loop(site).is_none()
    };
    program.is_executable() && !sites.is_empty() && sites.iter().all(is_once)
}

pub(super) fn takes_context(program: &Program, function: FunctionId) -> bool {
    program
        .function(function)
        .parameters
        .iter()
        .any(|&parameter| program.library(program.variable(parameter).ty) == Some(Library::Context))
}

/// Whether values of a type can own a worker: what has an identity of its own.
fn is_owner(program: &Program, ty: TypeId) -> bool {
    match program.ty(ty) {
        Type::Pointer(_) | Type::Channel(..) | Type::Interface | Type::Function(..) => true,
        Type::Named(named) => program.named[named.index()].underlying.is_none(),
        _ => false,
    }
}

/// Whether a closure is what a once of the package runs.
fn is_once_for_the_process(program: &Program, closure: FunctionId) -> bool {
    let FunctionKind::Closure(parent) = program.function(closure).kind else {
        return false;
    };
    let runs_once = program.steps_of(parent).into_iter().any(|step| {
        program.call(step).is_some_and(|call| {
            call.api == Api::OnceDo
                && program
                    .list(call.args)
                    .iter()
                    .any(|&argument| *program.kind(argument) == ExprKind::Closure(closure))
                && is_of_package(program, call.callee)
        })
    });
    runs_once || is_once_for_the_process(program, parent)
}

fn is_of_package(program: &Program, callee: ExprId) -> bool {
    program.parts_of(callee).into_iter().any(|part| {
        matches!(*program.kind(part), ExprKind::Variable(variable)
            if program.variable(variable).kind == VariableKind::Global)
    })
}

/// Whether a step stands in the initial value of a package variable.
fn is_in_global(program: &Program, site: StepId) -> bool {
    program
        .result_of(site)
        .is_some_and(|call| program.is_initial(call))
}

/// Whether a package variable is made by a function that nobody else calls.
fn is_global_value(program: &Program, function: FunctionId) -> bool {
    program.globals.iter().any(|&(_, value)| {
        program
            .call_of(value)
            .is_some_and(|(_, call)| call.target == Some(function))
    })
}
