//! BP12: a permit is given back by the function that took it, while the task it was for still runs.
//!
//! 1. Something is taken before a spawn (a slot, a semaphore's permit, a lock, a loan from a pool,
//!    a connection) and given back by the same function: deferred, or after the spawn.
//! 2. The task does not give it back itself, nobody waits for it first, and it does not end with
//!    the function.
//! 3. What is taken may be a value whose own end gives it back.
//! 4. Or the permit is held around a call that does no more than start the task.
//! 5. For a lock the task must touch what the lock guards; a loan or a connection it must use.

mod around;
mod guarded;
mod rights;

use super::{Confidence, Findings, Level, Rule, Seam, Thresholds};
use crate::model::change::Change;
use crate::model::permits::{Move, PermitKind, Taken};
use crate::model::{
    Api, ExprKind, FunctionId, Library, LoopKind, ObjectId, Op, Program, StepId, VariableId,
    VariableKind,
};
use crate::source::Span;
use rustc_hash::FxHashMap;

pub(super) static RULE: Rule = Rule {
    code: "BP12",
    slug: "permit-released-early",
    summary: "a permit is given back while the task that it was taken for still runs",
    level: Level::Senior,
    seam: Seam::Handler,
    questions: &["Q3"],
    checklist: &["C11"],
    page: include_str!("../../../rules/BP12-permit-released-early/README.md"),
    check,
};

const SLOT_WHY: &str = "Starting a goroutine takes a microsecond, so the slot is held for a microsecond while the work runs on. Nearly all slots are free at any moment, and the number of running jobs has no bound, whatever the limit says.";
const SLOT_FIX: &str = "Give the slot back inside the goroutine, at its end; or do the work in place while the slot is held; or hand it to a fixed set of workers.";

/// What is wrong at a spawn.
struct Claim {
    confidence: Confidence,
    what: String,
    subject: String,
    take: Option<Span>,
    /// Where it is given back; none for the end of its owner.
    give: Option<Span>,
    why: &'static str,
    fix: &'static str,
    /// The step that gives a slot back, where the task could do it.
    moves: Option<StepId>,
}

/// Whether this rule says something about a spawn.
pub(super) fn is_said(program: &Program, spawn: StepId) -> bool {
    claim(program, spawn).is_some() || around(program, spawn).is_some()
}

fn check(program: &Program, _thresholds: &Thresholds, findings: &mut Findings) {
    let mut gives: FxHashMap<FunctionId, bool> = FxHashMap::default();
    for step in program.step_ids() {
        if program.spawn(step).is_none() {
            continue;
        }
        let function = program.function_of(step);
        let gives = *gives
            .entry(function)
            .or_insert_with(|| gives_anything(program, function));
        let own = gives.then(|| claim(program, step)).flatten();
        let Some(claim) = own.or_else(|| around(program, step)) else {
            continue;
        };
        let finding = findings.at(
            program.span(step),
            claim.confidence,
            format!("the goroutine goes on after {} is given back", claim.what),
        );
        finding.why(claim.why).fix(claim.fix).about(claim.subject);
        finding.function = Some(program.function_of(step));
        if let Some(take) = claim.take {
            finding.because(take, "taken here");
        }
        let moved = claim
            .moves
            .and_then(|give| given_by_the_task(program, give, step));
        if let Some((at, change)) = moved {
            finding.suggest(at, change);
        }
        if let Some(give) = claim.give {
            finding.because(give, "given back here, when the function returns");
        }
    }
}

/// Whether a function takes or gives back anything, so that its spawns need a look at all.
fn gives_anything(program: &Program, function: FunctionId) -> bool {
    let closures = program.deferred_closures(function);
    std::iter::once(function)
        .chain(closures)
        .flat_map(|function| program.steps_of(function))
        .any(|step| {
            !program.permit_uses(step).is_empty()
                || !given_back(program, step).is_empty()
                || rights::is_made(program, step)
        })
}

fn claim(program: &Program, step: StepId) -> Option<Claim> {
    let released = program
        .taken_at(step)
        .into_iter()
        .filter(|taken| taken.give.is_some())
        .collect::<Vec<_>>();
    let loans = loans(program, step);
    let owned = rights::owned(program, step);
    if released.is_empty() && loans.is_empty() && owned.is_none() {
        return None;
    }
    if is_over_in_time(program, step) {
        return None;
    }
    released
        .iter()
        .find_map(|taken| permit(program, step, taken))
        .or_else(|| loans.into_iter().next())
        .or(owned)
}

/// What is held around a call that only starts the task.
fn around(program: &Program, step: StepId) -> Option<Claim> {
    around::held(program, step).filter(|_| !is_over_in_time(program, step))
}

/// Whether somebody waits for a task, or it ends with what started it, or goes on for other reasons.
fn is_over_in_time(program: &Program, step: StepId) -> bool {
    program.join_of(step, &[]).is_some()
        || program.ends_with_starter(step)
        || super::spawn_per_request::ends_something(program, step)
        || loops_for_ever(program, step)
        || program.drains_behind(step)
}

/// Whether the task is a loop that something else ends: what lives so long has other owners.
fn loops_for_ever(program: &Program, step: StepId) -> bool {
    program
        .spawn(step)
        .and_then(|spawn| spawn.target)
        .is_some_and(|target| {
            program
                .steps_of(target)
                .into_iter()
                .any(|inner| program.is_endless(inner))
        })
}

/// A slot, a semaphore's permit or a lock.
fn permit(program: &Program, step: StepId, taken: &Taken) -> Option<Claim> {
    let object = taken.take.object;
    let give = taken.give?;
    if is_given_inside(program, step, object) {
        return None;
    }
    let name = program.object_name(object);
    let (confidence, what, why, fix) = match taken.take.kind {
        PermitKind::Lock if rights::is_turn(program, step, taken) => (
            busyness(program, step, Some(give.at))?.min(Confidence::Medium),
            format!("the lock `{name}`"),
            rights::TURN_WHY,
            rights::TURN_FIX,
        ),
        PermitKind::Lock => {
            let guarded = guarded::touches_guarded(program, step, object)?;
            (
                guarded,
                format!("the lock `{name}`"),
                "The lock is free again as soon as the function returns, and the goroutine touches what it guards without it: a data race, and with a map a crash of the process.",
                "Take the lock inside the goroutine, around what it touches; or do the work in place.",
            )
        }
        PermitKind::Slot if !is_slot(program, taken) => return None,
        PermitKind::Place => return place_claim(program, step, taken),
        _ => return slot_claim(program, step, taken),
    };
    Some(Claim {
        confidence,
        what,
        subject: name,
        take: Some(program.span(taken.take.at)),
        give: Some(program.span(give.at)),
        why,
        fix,
        moves: None,
    })
}

/// A slot or a semaphore's permit that a function holds at a step only.
fn slot_claim(program: &Program, step: StepId, taken: &Taken) -> Option<Claim> {
    let give = taken.give?;
    let name = program.object_name(taken.take.object);
    Some(Claim {
        confidence: busyness(program, step, Some(give.at))?,
        what: format!("its slot of `{name}`"),
        subject: name,
        take: Some(program.span(taken.take.at)),
        give: Some(program.span(give.at)),
        why: SLOT_WHY,
        fix: SLOT_FIX,
        moves: Some(give.at),
    })
}

/// A place that is counted by hand, held by a function that does nothing else with it.
fn place_claim(program: &Program, step: StepId, taken: &Taken) -> Option<Claim> {
    let claim = slot_claim(program, step, taken)?;
    (claim.confidence == Confidence::High).then(|| Claim {
        what: format!("its place in `{}`", claim.subject),
        ..claim
    })
}

/// Whether a task takes or gives back what its function has taken.
fn is_given_inside(program: &Program, step: StepId, object: ObjectId) -> bool {
    program.task_of(step).into_iter().any(|function| {
        program.steps_of(function).into_iter().any(|inner| {
            program
                .permit_uses(inner)
                .iter()
                .any(|found| found.object == object)
        })
    })
}

/// The task that is started right behind a deferred give gives back instead, at its end.
fn given_by_the_task(program: &Program, give: StepId, start: StepId) -> Option<(Span, Change)> {
    let own = program.step(start);
    let deferred = program.block(own.block).steps[..own.index as usize]
        .iter()
        .rposition(|&step| program.span(step).contains(program.span(give)))?;
    let steps = &program.block(own.block).steps[deferred..own.index as usize];
    let is_plain = |&step: &StepId| matches!(program.op(step), Op::Assign(_) | Op::Call(_));
    if !matches!(program.op(steps[0]), Op::Defer(_)) || !steps[1..].iter().all(is_plain) {
        return None;
    }
    let target = program.function(program.spawn(start)?.target?);
    let change = Change::DeferInTask {
        start: program.span(start),
        head: target.head,
    };
    target
        .results
        .is_empty()
        .then_some((program.span(steps[0]), change))
}

/// Whether a channel is a set of slots: its elements carry nothing and one is put in, or what was
/// taken out is put back whatever happens.
fn is_slot(program: &Program, taken: &Taken) -> bool {
    match taken.take.way {
        Move::In => program.carries_nothing(taken.take.object),
        Move::Out => {
            program.select_of(taken.take.at).is_none()
                && taken
                    .give
                    .is_some_and(|give| program.runs_deferred(give.at))
        }
    }
}

/// How sure it is that the permit was for the task: the function does nothing else with it.
fn busyness(program: &Program, step: StepId, give: Option<StepId>) -> Option<Confidence> {
    if program.stays_after(step) || is_in_long_loop(program, step) {
        return None;
    }
    let mut confidence = Confidence::High;
    for after in program.after(step) {
        if Some(after) == give || program.is_deferred(after) {
            continue;
        }
        match program.op(after) {
            Op::Loop(_) | Op::Receive { .. } => return None,
            Op::Call(call)
                if matches!(call.api, Api::Other | Api::Outbound | Api::Sleep)
                    && is_work(program, call) =>
            {
                confidence = Confidence::Medium;
            }
            _ => {}
        }
    }
    Some(confidence)
}

/// Whether a step stands in a loop that goes on until something else ends it, so that the
/// function is not about to return.
fn is_in_long_loop(program: &Program, step: StepId) -> bool {
    program.ancestors(step).any(|(around, _)| {
        program.op_loop(around).is_some_and(|l| {
            program.is_endless(around)
                || matches!(l.kind, LoopKind::Channel(_) | LoopKind::While(_))
        })
    })
}

/// Whether a call does more than note, answer or build a result.
fn is_work(program: &Program, call: &crate::model::Call) -> bool {
    let answers = program
        .list(call.args)
        .iter()
        .copied()
        .chain(call.receiver)
        .any(|part| {
            matches!(
                program.library(program.expr(part).ty),
                Some(Library::Response | Library::Exchange)
            )
        });
    !answers
}

/// Values that the task uses and that the function gives back, or closes, when it returns.
fn loans(program: &Program, step: StepId) -> Vec<Claim> {
    let function = program.function_of(step);
    let used = program.mentioned_by_task(step);
    if used.is_empty() {
        return Vec::new();
    }
    let mut found = Vec::new();
    let later = program.steps_of(function).into_iter().filter(|&other| {
        program.is_deferred(other) && program.always_runs(other)
            || program.is_before(step, other) && program.follows(other, step)
    });
    let deferred = program
        .deferred_closures(function)
        .into_iter()
        .flat_map(|closure| program.steps_of(closure))
        .filter(|&other| program.always_runs(other));
    let gives: Vec<StepId> = later.chain(deferred).collect();
    for other in gives {
        for (variable, how) in given_back(program, other) {
            if used.contains(&variable)
                && is_own(program, variable, function)
                && !task_gives_back(program, step, variable)
                && let Some(claim) = loan(program, step, other, variable, how)
            {
                found.push(claim);
            }
        }
    }
    found
}

/// Whether the task gives a value back as well, so that who does it first is not told.
fn task_gives_back(program: &Program, step: StepId, variable: VariableId) -> bool {
    let object = program.object_of_variable[variable.index()];
    program
        .task_of(step)
        .into_iter()
        .flat_map(|function| program.steps_of(function))
        .flat_map(|inner| given_back(program, inner))
        .any(|(other, _)| program.object_of_variable[other.index()] == object)
}

/// How a value is given back.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Back {
    ToPool,
    Closed,
}

/// The variables that a step gives back to a pool or closes, itself or through a call in view.
fn given_back(program: &Program, step: StepId) -> Vec<(VariableId, Back)> {
    let Some(call) = program.call(step) else {
        return Vec::new();
    };
    let args = program.list(call.args);
    if call.api == Api::LoanReturn {
        return args
            .iter()
            .filter_map(|&argument| program.variable_of(argument))
            .map(|variable| (variable, Back::ToPool))
            .collect();
    }
    if let Some(target) = call.target {
        let parameters = &program.function(target).parameters;
        return program
            .steps_of(target)
            .into_iter()
            .filter_map(|inner| program.call(inner))
            .filter(|inner| inner.api == Api::LoanReturn)
            .flat_map(|inner| program.list(inner.args).to_vec())
            .filter_map(|value| program.variable_of(value))
            .filter_map(|value| parameters.iter().position(|&known| known == value))
            .filter_map(|at| program.variable_of(*args.get(at)?))
            .map(|variable| (variable, Back::ToPool))
            .collect();
    }
    let name = program.callee_name(call.callee).to_ascii_lowercase();
    if call.api == Api::Other && matches!(name.as_str(), "close" | "release") && args.is_empty() {
        let receiver = call
            .receiver
            .and_then(|receiver| program.variable_of(receiver));
        return receiver
            .map(|variable| (variable, Back::Closed))
            .into_iter()
            .collect();
    }
    Vec::new()
}

/// Whether the function declares a variable and fills it with what a call yields.
fn is_own(program: &Program, id: VariableId, function: FunctionId) -> bool {
    let variable = program.variable(id);
    let is_from_call = match variable.init {
        crate::model::Init::Value(value) | crate::model::Init::Part(value, _) => program
            .parts_of(value)
            .into_iter()
            .any(|part| matches!(program.kind(part), ExprKind::Call(_))),
        _ => false,
    };
    variable.kind == VariableKind::Local && variable.function == Some(function) && is_from_call
}

fn loan(
    program: &Program,
    step: StepId,
    give: StepId,
    variable: VariableId,
    how: Back,
) -> Option<Claim> {
    let confidence = busyness(program, step, Some(give))?;
    if how == Back::Closed && confidence < Confidence::High {
        // What the function does meanwhile may be what the task is there to help with.
        return None;
    }
    let name = program.text(program.variable(variable).name).to_owned();
    let (why, fix) = match how {
        Back::ToPool => (
            "The next caller gets the same object out of the pool while the goroutine still works on it: contents of one caller end up at another.",
            "Put the object back at the end of the goroutine, or give the goroutine a copy.",
        ),
        Back::Closed => (
            "The function returns at once, and its end closes, or hands to somebody else, what the goroutine is still working with.",
            "Close it at the end of the goroutine; or do the work in place; or let the goroutine open one of its own.",
        ),
    };
    Some(Claim {
        confidence,
        what: format!("`{name}`"),
        subject: name,
        take: Some(program.variable(variable).span),
        give: Some(program.span(give)),
        why,
        fix,
        moves: None,
    })
}
