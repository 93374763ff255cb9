//! Rings that are kept by hand, in which a new item is written over the oldest.

use crate::model::{
    AssignHow, BinaryOp, BlockId, ExprId, ExprKind, FunctionId, ObjectId, Op, Program, StepId,
    VariableId, VariableKind,
};

/// Whether a branch only moves the position of the oldest item on, round the end of a list, so
/// that the item which its function writes takes that place; and another function reads items of
/// the list and moves that position itself, so that they are owed to it.
pub(super) fn is_over_oldest(program: &Program, step: StepId, then: BlockId) -> bool {
    let Some(oldest) = moved_only(program, then) else {
        return false;
    };
    let function = program.function_of(step);
    let Some(list) = list_of(program, step) else {
        return false;
    };
    program.function(function).results.is_empty() && is_read_from(program, list, oldest, function)
}

/// The list that the function around a step writes an item into; one that outlives the call.
pub(super) fn list_of(program: &Program, step: StepId) -> Option<ObjectId> {
    let steps = program.steps_of(program.function_of(step)).into_iter();
    steps
        .filter_map(|step| match program.op(step) {
            Op::Assign(assign) if assign.how == AssignHow::Set => Some(assign),
            _ => None,
        })
        .flat_map(|assign| program.list(assign.targets).iter().copied())
        .find_map(|target| match *program.kind(target) {
            ExprKind::Index(base, _) if matches!(program.kind(base), ExprKind::Field(..)) => {
                program.object_of(base)
            }
            _ => None,
        })
}

/// The position that a block moves on by one, round an end, where it does nothing else but take
/// off a number.
fn moved_only(program: &Program, block: BlockId) -> Option<VariableId> {
    let mut moved = None;
    for &step in &program.block(block).steps {
        let Op::Assign(assign) = program.op(step) else {
            return None;
        };
        let mut pairs = program.assigned(assign);
        let (Some((target, value)), None) = (pairs.next(), pairs.next()) else {
            return None;
        };
        let position = kept(program, target)?;
        match assign.how {
            // A total that loses what the oldest item held is of a window, which lets go of it.
            AssignHow::Update(BinaryOp::Subtract) if program.constant_int(value) == Some(1) => {}
            AssignHow::Set if goes_round(program, value, position) => moved = Some(position),
            _ => return None,
        }
    }
    moved
}

/// The field, a number, that a target is.
fn kept(program: &Program, target: ExprId) -> Option<VariableId> {
    match *program.kind(target) {
        ExprKind::Field(_, field)
            if matches!(program.variable(field).kind, VariableKind::Field(_)) =>
        {
            Some(field)
        }
        _ => None,
    }
}

/// `(first + 1) % n`.
fn goes_round(program: &Program, value: ExprId, position: VariableId) -> bool {
    let ExprKind::Binary(BinaryOp::Remainder, moved, _) = *program.kind(value) else {
        return false;
    };
    program.parts_of(moved).into_iter().any(|part| {
        matches!(*program.kind(part), ExprKind::Binary(BinaryOp::Add, of, by)
            if kept(program, of) == Some(position) && program.constant_int(by) == Some(1))
    })
}

/// Whether another function reads items of a list and sets the position from which on it does.
fn is_read_from(program: &Program, list: ObjectId, position: VariableId, but: FunctionId) -> bool {
    let reads = |function: FunctionId| {
        let steps = program.steps_of(function).into_iter();
        steps
            .flat_map(|step| program.mentions_of(step))
            .flat_map(|value| program.parts_of(value))
            .any(|part| {
                matches!(*program.kind(part), ExprKind::Index(base, _)
                    if program.object_of(base) == Some(list))
            })
    };
    let Some(object) = program.object_of_variable[position.index()] else {
        return false;
    };
    program
        .object(object)
        .writes
        .iter()
        .map(|&write| program.function_of(write))
        .filter(|&function| function != but)
        .any(|function| {
            reads(function)
                || program
                    .runs(function)
                    .iter()
                    .any(|&run| run != but && reads(run))
        })
}
