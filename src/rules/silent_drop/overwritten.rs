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
    let mut counted = None;
    for &step in &program.block(block).steps {
        if let Op::Branch { then, .. } = *program.op(step) {
            // `first++`, and back to the start behind the last.
            moved = Some(counted.filter(|&position| starts_over(program, then, position))?);
            continue;
        }
        if computes_only(program, step) {
            continue;
        }
        let (target, value, how) = only_assigned(program, step)?;
        let position = kept(program, target)?;
        match how {
            // A total that loses what the oldest item held is of a window, which lets go of it.
            AssignHow::Update(BinaryOp::Subtract) if program.constant_int(value) == Some(1) => {}
            AssignHow::Update(BinaryOp::Add) if program.constant_int(value) == Some(1) => {
                counted = Some(position);
            }
            AssignHow::Set if goes_round(program, value, position) => moved = Some(position),
            _ => return None,
        }
    }
    // What is only counted up is no position.
    moved.filter(|_| counted.is_none_or(|counted| moved == Some(counted)))
}

/// Whether a step calls a function that yields a value and does nothing else.
fn computes_only(program: &Program, step: StepId) -> bool {
    let target = program.call(step).and_then(|call| call.target);
    target.is_some_and(|target| only_result(program, target).is_some())
}

/// What a step assigns, where it assigns one value.
fn only_assigned(program: &Program, step: StepId) -> Option<(ExprId, ExprId, AssignHow)> {
    let Op::Assign(assign) = program.op(step) else {
        return None;
    };
    let mut pairs = program.assigned(assign);
    match (pairs.next(), pairs.next()) {
        (Some((target, value)), None) => Some((target, value, assign.how)),
        _ => None,
    }
}

/// Whether a block only sets a position to the start.
fn starts_over(program: &Program, block: BlockId, position: VariableId) -> bool {
    let [only] = program.block(block).steps[..] else {
        return false;
    };
    only_assigned(program, only).is_some_and(|(target, value, _)| {
        kept(program, target) == Some(position) && program.constant_int(value) == Some(0)
    })
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

/// `(first + 1) % n`, also as a function of the unit computes it.
fn goes_round(program: &Program, value: ExprId, position: VariableId) -> bool {
    let is_it = |part: ExprId| kept(program, part) == Some(position);
    if let Some(moved) = round_an_end(program, value) {
        return adds_one(program, moved, &is_it);
    }
    let Some((_, call)) = program.call_of(value) else {
        return false;
    };
    let args = program.list(call.args);
    let is_given = |wanted: &dyn Fn(ExprId) -> bool| args.iter().any(|&arg| wanted(arg));
    let is_one = |part: ExprId| program.constant_int(part) == Some(1);
    let is_parameter = |part: ExprId| {
        program
            .variable_of(part)
            .is_some_and(|one| program.variable(one).kind == VariableKind::Parameter)
    };
    call.target
        .and_then(|target| only_result(program, target))
        .and_then(|result| round_an_end(program, result))
        .is_some_and(|moved| {
            // `at(1)`, which is so far behind the position; `next(first)`.
            is_given(&is_one) && program.parts_of(moved).into_iter().any(is_it)
                || adds_one(program, moved, &is_it)
                || is_given(&is_it) && adds_one(program, moved, &is_parameter)
        })
}

/// What is brought back into the bounds of a list: `x % n`, `x & mask`.
fn round_an_end(program: &Program, value: ExprId) -> Option<ExprId> {
    match *program.kind(value) {
        ExprKind::Binary(BinaryOp::Remainder | BinaryOp::Bits, moved, _) => Some(moved),
        _ => None,
    }
}

fn adds_one(program: &Program, moved: ExprId, is_it: &dyn Fn(ExprId) -> bool) -> bool {
    program.parts_of(moved).into_iter().any(|part| {
        matches!(*program.kind(part), ExprKind::Binary(BinaryOp::Add, of, by)
            if is_it(of) && program.constant_int(by) == Some(1))
    })
}

/// The value that a function yields, where it does nothing else.
fn only_result(program: &Program, function: FunctionId) -> Option<ExprId> {
    match program.block(program.function(function).body).steps[..] {
        [only] => match *program.op(only) {
            Op::Return(values) => program.list(values).first().copied(),
            _ => None,
        },
        _ => None,
    }
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
