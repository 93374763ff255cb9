//! Rights that a value of its own stands for, and locks that stand for a turn.

use super::{Claim, SLOT_FIX, SLOT_WHY, busyness};
use crate::model::permits::{Move, PermitKind, Right, Taken};
use crate::model::{
    Api, Call, ExprId, ExprKind, FunctionId, Init, Library, Op, Program, StepId, Type, TypeId,
    VariableId, VariableKind,
};
use crate::rules::handlers;

/// How many names a value may have between the call that yields it and its owner.
const MAX_NAMES: u32 = 4;

pub(super) const TURN_WHY: &str = "The lock guards no value: it is there so that one works at a time. It is free again as soon as the function returns, and the next one works beside the goroutine, from what it looked up before the goroutine has changed it.";
pub(super) const TURN_FIX: &str = "Hold the lock until the work is done: take it inside the goroutine, or let the goroutine own the guard.";

/// Whether a step binds a value to a local whose end gives something back.
pub(super) fn is_made(program: &Program, step: StepId) -> bool {
    program.has_owners && made(program, step).is_some()
}

/// A right that a function has taken before a spawn and keeps for itself: its owner is never
/// mentioned again, so it is there for what the function does.
pub(super) fn owned(program: &Program, spawn: StepId) -> Option<Claim> {
    if !program.has_owners {
        return None;
    }
    let function = program.function_of(spawn);
    let made = program
        .before(spawn, function)
        .into_iter()
        .filter(|&step| program.dominates(step, spawn))
        .find_map(|step| {
            let (owner, right) = made(program, step)?;
            let bounds = match right {
                Right::Permit => true,
                Right::Counted => {
                    waits_for_one(program, owner) || can_refuse(program, owner, spawn)
                }
            };
            let is_taken = making(program, owner).is_some();
            (bounds && is_taken && is_left_alone(program, owner, step)).then_some(owner)
        })?;
    let known = program.variable(made);
    let name = program.text(known.name).to_owned();
    Some(Claim {
        confidence: busyness(program, spawn, None)?,
        what: format!("what `{name}` stands for"),
        subject: name,
        take: Some(known.span),
        give: None,
        why: SLOT_WHY,
        fix: SLOT_FIX,
        moves: None,
    })
}

/// The local that a step binds to a value which gives something back when it ends.
fn made(program: &Program, step: StepId) -> Option<(VariableId, Right)> {
    let Op::Assign(assign) = program.op(step) else {
        return None;
    };
    program.assigned(assign).find_map(|(target, _)| {
        let ExprKind::Variable(variable) = *program.kind(target) else {
            return None;
        };
        let known = program.variable(variable);
        if known.kind != VariableKind::Local {
            return None;
        }
        let of_type = program.right_of(known.ty);
        let right = of_type.or_else(|| is_permit(program, variable).then_some(Right::Permit))?;
        Some((variable, right))
    })
}

/// Whether a local holds the permit that a call in view has taken for it.
fn is_permit(program: &Program, variable: VariableId) -> bool {
    let known = program.variable(variable);
    program.library(known.ty) == Some(Library::Semaphore)
        && making(program, variable).is_some_and(|call| {
            program.call(call).is_some_and(|call| call.target.is_some())
                && program
                    .permit_uses(call)
                    .iter()
                    .any(|taken| taken.kind == PermitKind::Semaphore && taken.way == Move::In)
        })
}

/// The call that yields the first value of a local.
fn making(program: &Program, variable: VariableId) -> Option<StepId> {
    match program.variable(variable).init {
        Init::Value(value) | Init::Part(value, _) => origin(program, value, MAX_NAMES),
        _ => None,
    }
}

/// The call that a value comes from, through the names that it had in between.
fn origin(program: &Program, value: ExprId, depth: u32) -> Option<StepId> {
    let depth = depth.checked_sub(1)?;
    match *program.kind(value) {
        ExprKind::Variable(variable) => match program.variable(variable).init {
            Init::Value(value) | Init::Part(value, _) => origin(program, value, depth),
            _ => None,
        },
        _ => program.call_of(value).map(|(step, _)| step),
    }
}

/// Whether what yields a right waits until there is one.
fn waits_for_one(program: &Program, owner: VariableId) -> bool {
    let making = making(program, owner).and_then(|making| program.call(making));
    let target = making.and_then(|call| call.target);
    target.is_some_and(|target| {
        let mut steps = program.steps_of(target).into_iter();
        steps.any(|step| {
            program
                .call(step)
                .is_some_and(|call| call.api == Api::ConditionWait)
        })
    })
}

/// Whether the function leaves before the spawn when it does not get the right.
fn can_refuse(program: &Program, owner: VariableId, spawn: StepId) -> bool {
    let Some(making) = making(program, owner) else {
        return false;
    };
    handlers::conditions_before(program, spawn)
        .into_iter()
        .flat_map(|condition| program.parts_of(condition))
        .any(|part| origin(program, part, MAX_NAMES) == Some(making))
}

/// Whether nothing but its making mentions a local, but to read a number that it holds: who has
/// the number need not have the right.
fn is_left_alone(program: &Program, owner: VariableId, made: StepId) -> bool {
    let is_owner = |part: ExprId| *program.kind(part) == ExprKind::Variable(owner);
    let reads = |call: &Call| {
        call.receiver.is_some_and(is_owner)
            && call
                .target
                .is_some_and(|target| only_reads(program, target))
    };
    let reads_number = |part: &ExprId| match *program.kind(*part) {
        ExprKind::Field(base, field) => {
            is_owner(base) && is_number(program, program.variable(field).ty)
        }
        ExprKind::Call(step) => program.call(step).is_some_and(reads),
        _ => false,
    };
    let mentions = |value: ExprId| {
        let parts = program.parts_of(value);
        let named = parts.iter().filter(|&&part| is_owner(part)).count();
        named > parts.iter().filter(|part| reads_number(part)).count()
    };
    let function = program.function_of(made);
    let within = program.closures_in(function).iter().copied();
    !program.moved.contains(&owner)
        && !std::iter::once(function)
            .chain(within)
            .flat_map(|function| program.steps_of(function))
            .filter(|&step| step != made && !program.call(step).is_some_and(reads))
            .flat_map(|step| program.mentions_of(step))
            .any(mentions)
}

fn is_number(program: &Program, ty: TypeId) -> bool {
    matches!(program.underlying(ty), Type::Integer(_))
}

/// Whether a function does nothing but yield a number.
fn only_reads(program: &Program, function: FunctionId) -> bool {
    let results = &program.function(function).results;
    let mut steps = program.steps_of(function).into_iter();
    matches!(results[..], [only] if is_number(program, only))
        && steps.all(|step| matches!(program.op(step), Op::Return(_)))
}

/// Whether a lock guards no value and a task works with what was looked up while it was held: it
/// lets one work at a time. What is noted down for the next one, while it is held, is something else.
pub(super) fn is_turn(program: &Program, spawn: StepId, taken: &Taken) -> bool {
    let take = taken.take.at;
    let lock = program.call(take).and_then(|call| call.receiver);
    // One lock of the whole process keeps apart what is done once, as to begin.
    let is_for_all = |lock: ExprId| {
        program
            .variable_or_field(lock)
            .is_some_and(|lock| program.variable(lock).kind == VariableKind::Global)
    };
    if !lock.is_some_and(|lock| guards_nothing(program, lock) && !is_for_all(lock)) {
        return false;
    }
    let function = program.function_of(spawn);
    let is_behind = |step: StepId| program.is_before(take, step);
    let notes = program
        .steps_of(function)
        .into_iter()
        .filter(|&step| is_behind(step))
        .any(|step| match program.op(step) {
            Op::Assign(assign) => program.list(assign.targets).iter().any(|&target| {
                matches!(
                    program.kind(target),
                    ExprKind::Field(..) | ExprKind::Index(..) | ExprKind::Dereference(_)
                )
            }),
            Op::Call(call) => matches!(
                call.api,
                Api::AtomicStore | Api::AtomicSwap | Api::AtomicCompareSwap | Api::MapDelete
            ),
            Op::Close { .. } => true,
            _ => false,
        });
    !notes
        && program
            .mentioned_by_task(spawn)
            .into_iter()
            .any(|variable| {
                let known = program.variable(variable);
                known.kind == VariableKind::Local
                    && known.function == Some(function)
                    && known.span.start > program.span(take).end
                    && making(program, variable).is_some_and(|made| {
                        program
                            .call(made)
                            .is_some_and(|call| call.api == Api::Other)
                    })
            })
}

fn guards_nothing(program: &Program, lock: ExprId) -> bool {
    let mut ty = program.expr(lock).ty;
    for _ in 0..8 {
        match *program.ty(ty) {
            Type::Pointer(inner) => ty = inner,
            Type::Guarded(Library::Mutex, inner) => return *program.ty(inner) == Type::Unit,
            _ => return false,
        }
    }
    false
}
