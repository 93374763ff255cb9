//! BP12: a permit is given back by the function that took it, while the task it was for still runs.
//!
//! 1. Something is taken before a spawn (a slot, a semaphore's permit, a lock, a loan from a pool,
//!    a connection) and given back by the same function: deferred, or after the spawn.
//! 2. The task does not give it back itself, nobody waits for it first, and it does not end with
//!    the function.
//! 3. For a lock the task must touch what the lock guards; a loan or a connection it must use.

use super::{Confidence, Findings, Level, Rule, Seam, Thresholds};
use crate::model::permits::{PermitKind, Taken};
use crate::model::{
    Api, ExprId, ExprKind, FunctionId, FunctionKind, Library, NamedId, ObjectId, Op, Program,
    StepId, VariableId, VariableKind,
};
use crate::source::Span;

pub(super) static RULE: Rule = Rule {
    code: "BP12",
    slug: "permit-released-early",
    summary: "a permit is given back while the task that it was taken for still runs",
    level: Level::Senior,
    seam: Seam::Handler,
    questions: &["Q3"],
    checklist: &["C11"],
    page: include_str!("../../rules/BP12-permit-released-early/README.md"),
    check,
};

/// What is wrong at a spawn.
struct Claim {
    confidence: Confidence,
    what: String,
    subject: String,
    take: Option<Span>,
    give: Span,
    why: &'static str,
    fix: &'static str,
}

/// Whether this rule says something about a spawn.
pub(super) fn is_said(program: &Program, spawn: StepId) -> bool {
    claim(program, spawn).is_some()
}

fn check(program: &Program, _thresholds: &Thresholds, findings: &mut Findings) {
    for step in program.step_ids() {
        if program.spawn(step).is_none() {
            continue;
        }
        let Some(claim) = claim(program, step) else {
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
        finding.because(claim.give, "given back here, when the function returns");
    }
}

fn claim(program: &Program, step: StepId) -> Option<Claim> {
    let released = program
        .taken_at(step)
        .into_iter()
        .filter(|taken| taken.give.is_some())
        .collect::<Vec<_>>();
    let loans = loans(program, step);
    if released.is_empty() && loans.is_empty() {
        return None;
    }
    if program.join_of(step, &[]).is_some() || program.ends_with_starter(step) {
        return None;
    }
    released
        .iter()
        .find_map(|taken| permit(program, step, taken))
        .or_else(|| loans.into_iter().next())
}

/// A slot, a semaphore's permit or a lock.
fn permit(program: &Program, step: StepId, taken: &Taken) -> Option<Claim> {
    let object = taken.take.object;
    let give = taken.give?;
    let is_given_inside = program.task_of(step).into_iter().any(|function| {
        program.steps_of(function).into_iter().any(|inner| {
            program
                .permit_uses(inner)
                .iter()
                .any(|found| found.object == object)
        })
    });
    if is_given_inside {
        return None;
    }
    let name = program.object_name(object);
    let (confidence, what, why, fix) = match taken.take.kind {
        PermitKind::Lock => {
            let guarded = touches_guarded(program, step, object)?;
            (
                guarded,
                format!("the lock `{name}`"),
                "The lock is free again as soon as the function returns, and the goroutine touches what it guards without it: a data race, and with a map a crash of the process.",
                "Take the lock inside the goroutine, around what it touches; or do the work in place.",
            )
        }
        PermitKind::Slot if !is_slot(program, taken) => return None,
        _ => (
            busyness(program, step, give.at)?,
            format!("its slot of `{name}`"),
            "Starting a goroutine takes a microsecond, so the slot is held for a microsecond while the work runs on. Nearly all slots are free at any moment, and the number of running jobs has no bound, whatever the limit says.",
            "Give the slot back inside the goroutine, at its end; or do the work in place while the slot is held; or hand it to a fixed set of workers.",
        ),
    };
    Some(Claim {
        confidence,
        what,
        subject: name,
        take: Some(program.span(taken.take.at)),
        give: program.span(give.at),
        why,
        fix,
    })
}

/// Whether a channel is a set of slots: its elements carry nothing, or what was taken out is put
/// back.
fn is_slot(program: &Program, taken: &Taken) -> bool {
    use crate::model::permits::Move;
    program.carries_nothing(taken.take.object) || taken.take.way == Move::Out
}

/// How sure it is that the permit was for the task: the function does nothing else with it.
fn busyness(program: &Program, step: StepId, give: StepId) -> Option<Confidence> {
    if program.stays_after(step) {
        return None;
    }
    let mut confidence = Confidence::High;
    for after in program.after(step) {
        if after == give || program.is_deferred(after) {
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

/// Whether a task touches what a lock guards, without any lock.
fn touches_guarded(program: &Program, step: StepId, lock: ObjectId) -> Option<Confidence> {
    let owners: Vec<NamedId> = program
        .object(lock)
        .variables
        .iter()
        .filter_map(|&variable| match program.variable(variable).kind {
            VariableKind::Field(named) => Some(named),
            _ => None,
        })
        .collect();
    let task = program.task_of(step);
    let writes = task
        .iter()
        .flat_map(|&function| program.steps_of(function))
        .any(|inner| {
            program.held_at(inner).is_empty()
                && match program.op(inner) {
                    Op::Assign(assign) => program
                        .list(assign.targets)
                        .iter()
                        .any(|&target| is_field_of(program, target, &owners)),
                    _ => false,
                }
        });
    let takes_locks = task.iter().any(|&function| {
        program.steps_of(function).into_iter().any(
            |inner| matches!(program.call(inner), Some(call) if matches!(call.api, Api::Lock(_) | Api::TryLock)),
        )
    });
    (writes && !takes_locks).then_some(Confidence::High)
}

fn is_field_of(program: &Program, target: ExprId, owners: &[NamedId]) -> bool {
    match *program.kind(target) {
        ExprKind::Field(_, variable) => {
            matches!(program.variable(variable).kind, VariableKind::Field(named) if owners.contains(&named))
        }
        ExprKind::Index(base, _) => is_field_of(program, base, owners),
        _ => false,
    }
}

/// Values that the task uses and that the function gives back, or closes, when it returns.
fn loans(program: &Program, step: StepId) -> Vec<Claim> {
    let function = program.function_of(step);
    let used = used_by_task(program, step);
    if used.is_empty() {
        return Vec::new();
    }
    let mut found = Vec::new();
    for other in program.steps_of(function) {
        let is_later = program.is_before(step, other) || program.is_deferred(other);
        if !is_later || program.turns_back(other, step) && !program.is_deferred(other) {
            continue;
        }
        for (variable, how) in given_back(program, other) {
            if used.contains(&variable)
                && is_own(program, variable, function)
                && let Some(claim) = loan(program, step, other, variable, how)
            {
                found.push(claim);
            }
        }
    }
    for closure in program.closures_in(function).iter().copied() {
        let deferring = program.callers[closure.index()]
            .iter()
            .any(|&caller| program.is_deferred(caller));
        if !deferring {
            continue;
        }
        for other in program.steps_of(closure) {
            for (variable, how) in given_back(program, other) {
                if used.contains(&variable)
                    && is_own(program, variable, function)
                    && let Some(claim) = loan(program, step, other, variable, how)
                {
                    found.push(claim);
                }
            }
        }
    }
    found
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
            .filter_map(|&argument| variable_of(program, argument))
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
            .filter_map(|value| variable_of(program, value))
            .filter_map(|value| parameters.iter().position(|&known| known == value))
            .filter_map(|at| variable_of(program, *args.get(at)?))
            .map(|variable| (variable, Back::ToPool))
            .collect();
    }
    let name = program.callee_name(call.callee).to_ascii_lowercase();
    if call.api == Api::Other && matches!(name.as_str(), "close" | "release") && args.is_empty() {
        let receiver = call
            .receiver
            .and_then(|receiver| variable_of(program, receiver));
        return receiver
            .map(|variable| (variable, Back::Closed))
            .into_iter()
            .collect();
    }
    Vec::new()
}

fn variable_of(program: &Program, value: ExprId) -> Option<VariableId> {
    match *program.kind(value) {
        ExprKind::Variable(variable) => Some(variable),
        ExprKind::Reference(inner) | ExprKind::Dereference(inner) | ExprKind::Convert(_, inner) => {
            variable_of(program, inner)
        }
        _ => None,
    }
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

/// The variables of the function around that a task mentions: handed over, or captured.
fn used_by_task(program: &Program, step: StepId) -> Vec<VariableId> {
    let Some(spawn) = program.spawn(step) else {
        return Vec::new();
    };
    let mut used: Vec<VariableId> = program
        .list(spawn.args)
        .iter()
        .flat_map(|&argument| program.parts_of(argument))
        .chain(program.parts_of(spawn.callee))
        .filter_map(|part| variable_of(program, part))
        .collect();
    let Some(target) = spawn.target else {
        return used;
    };
    if !matches!(program.function(target).kind, FunctionKind::Closure(_)) {
        return used;
    }
    for inner in program.task_of(step) {
        if !program.is_within(inner, target) {
            continue;
        }
        for step in program.steps_of(inner) {
            let values: Vec<ExprId> = match program.op(step) {
                Op::Call(call) => program
                    .list(call.args)
                    .iter()
                    .copied()
                    .chain(call.receiver)
                    .chain([call.callee])
                    .collect(),
                Op::Assign(assign) => program
                    .list(assign.values)
                    .iter()
                    .chain(program.list(assign.targets))
                    .copied()
                    .collect(),
                Op::Send { value, .. } => vec![*value],
                Op::Loop(l) => match l.kind {
                    crate::model::LoopKind::Over(over) => vec![over],
                    _ => l.condition().into_iter().collect(),
                },
                _ => continue,
            };
            used.extend(
                values
                    .into_iter()
                    .flat_map(|value| program.parts_of(value))
                    .filter_map(|part| variable_of(program, part)),
            );
        }
    }
    used.sort_unstable();
    used.dedup();
    used
}

fn loan(
    program: &Program,
    step: StepId,
    give: StepId,
    variable: VariableId,
    how: Back,
) -> Option<Claim> {
    let confidence = busyness(program, step, give)?;
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
        give: program.span(give),
        why,
        fix,
    })
}
