//! What a lock guards, touched by a task that does not hold it.

use crate::model::{Api, ExprId, ExprKind, NamedId, ObjectId, Op, Program, StepId, VariableKind};
use crate::rules::Confidence;

/// Whether a task touches what a lock guards, without any lock: it writes a field beside the
/// lock, and the lock is there for that field.
pub(super) fn touches_guarded(
    program: &Program,
    step: StepId,
    lock: ObjectId,
) -> Option<Confidence> {
    let owners: Vec<NamedId> = program
        .object(lock)
        .variables
        .iter()
        .filter_map(|&variable| match program.variable(variable).kind {
            VariableKind::Field(named) => Some(named),
            _ => None,
        })
        .collect();
    let target = program.spawn(step)?.target?;
    let takes_locks = program.task_of(step).iter().any(|&function| {
        program.steps_of(function).into_iter().any(
            |inner| matches!(program.call(inner), Some(call) if matches!(call.api, Api::Lock(_) | Api::TryLock)),
        )
    });
    if takes_locks {
        return None;
    }
    let starter = program.function_of(step);
    let written: Vec<ObjectId> = program
        .steps_of(target)
        .into_iter()
        .flat_map(|inner| written_fields(program, inner, &owners))
        .collect();
    let of_starter = program.steps_of(starter);
    let is_only_for_task = !of_starter.iter().any(|&inner| {
        matches!(program.op(inner), Op::Assign(_) | Op::Branch { .. })
            && touches_any_field(program, inner, &owners)
    });
    let is_guarded = written.iter().any(|&object| {
        let of = program.object(object);
        of.writes.iter().chain(&of.calls).any(|&other| {
            let function = program.function_of(other);
            function != starter
                && function != target
                && program.held_at(other).iter().any(|held| held.lock == lock)
        })
    });
    let is_claimed = !written.is_empty() && (is_only_for_task || is_guarded);
    is_claimed.then_some(Confidence::High)
}

/// The fields beside a lock that a step writes.
fn written_fields(program: &Program, step: StepId, owners: &[NamedId]) -> Vec<ObjectId> {
    match program.op(step) {
        Op::Assign(assign) => program
            .list(assign.targets)
            .iter()
            .filter(|&&target| is_field_of(program, target, owners))
            .filter_map(|&target| match *program.kind(target) {
                ExprKind::Index(base, _) => program.object_of(base),
                _ => program.object_of(target),
            })
            .collect(),
        _ => Vec::new(),
    }
}

/// Whether a step mentions a field beside a lock.
fn touches_any_field(program: &Program, step: StepId, owners: &[NamedId]) -> bool {
    let values: Vec<ExprId> = match program.op(step) {
        Op::Assign(assign) => program
            .list(assign.targets)
            .iter()
            .chain(program.list(assign.values))
            .copied()
            .collect(),
        Op::Branch { condition, .. } => vec![*condition],
        _ => return false,
    };
    values
        .into_iter()
        .flat_map(|value| program.parts_of(value))
        .any(|part| is_field_of(program, part, owners))
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
