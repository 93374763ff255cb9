//! Capacities that are written down elsewhere: by who calls, or in what a function yields.

use crate::model::{
    AssignHow, BinaryOp, ExprId, ExprKind, FunctionId, Op, Program, StepId, VariableId,
    VariableKind,
};

/// The largest capacity that is handed to a function which makes a channel of the room that its
/// caller wants.
pub(super) fn handed_in(program: &Program, size: ExprId) -> Option<(ExprId, i64)> {
    let parts = program.parts_of(size).into_iter();
    let mut parameters = parts.filter_map(|part| match *program.kind(part) {
        ExprKind::Variable(variable)
            if program.variable(variable).kind == VariableKind::Parameter =>
        {
            Some(variable)
        }
        _ => None,
    });
    let parameter = parameters.next()?;
    let function = program.variable(parameter).function?;
    let at = program.parameter_at(parameter)?;
    if program.is_reassigned(parameter) {
        return None;
    }
    let given = |&caller: &StepId| {
        let args = program.call(caller)?.args;
        let &given = program.list(args).get(at)?;
        let is_test = program.is_for_tests_only(program.span(caller).file, None);
        let number = program.constant_int(given).filter(|_| !is_test)?;
        Some((
            given,
            with_number(program, size, (parameter, number), DEPTH)?,
        ))
    };
    let callers = program.callers[function.index()].iter();
    callers
        .filter_map(given)
        .max_by_key(|&(_, capacity)| capacity)
}

/// How deep a capacity is computed.
const DEPTH: u32 = 6;

/// What a capacity is where its parameter has a value: `1 << log2`.
fn with_number(program: &Program, id: ExprId, given: (VariableId, i64), depth: u32) -> Option<i64> {
    let depth = depth.checked_sub(1)?;
    let of = |id: ExprId| with_number(program, id, given, depth);
    match *program.kind(id) {
        ExprKind::Variable(variable) if variable == given.0 => Some(given.1),
        ExprKind::Convert(_, inner) => of(inner),
        ExprKind::Binary(operator, left, right) => {
            let (left, right) = (of(left)?, of(right)?);
            match operator {
                BinaryOp::Add => left.checked_add(right),
                BinaryOp::Subtract => left.checked_sub(right),
                BinaryOp::Multiply => left.checked_mul(right),
                BinaryOp::ShiftLeft => left.checked_shl(u32::try_from(right).ok()?),
                _ => None,
            }
        }
        _ => program.constant_int(id),
    }
}

/// The largest capacity that a function of the unit yields, or a variable has got, where all that
/// it may be is written down there: a number for each kind of lane.
pub(super) fn yielded(program: &Program, size: ExprId) -> Option<(ExprId, i64)> {
    largest(program, size, DEPTH).map(|capacity| (size, capacity))
}

fn largest(program: &Program, size: ExprId, depth: u32) -> Option<i64> {
    let depth = depth.checked_sub(1)?;
    if let Some(number) = program.constant_int(size) {
        return Some(number);
    }
    let values = match *program.kind(size) {
        ExprKind::Convert(_, inner) => return largest(program, inner, depth),
        ExprKind::Variable(variable) => given(program, variable),
        _ => {
            let (_, call) = program.call_of(size)?;
            returned(program, call.target?)
        }
    };
    let mut most = None;
    for value in values {
        most = most.max(Some(largest(program, value, depth)?));
    }
    most
}

/// What a function returns.
fn returned(program: &Program, function: FunctionId) -> Vec<ExprId> {
    let steps = program.steps_of(function).into_iter();
    steps
        .filter_map(|step| match program.op(step) {
            Op::Return(values) => program.list(*values).first().copied(),
            _ => None,
        })
        .collect()
}

/// All that a local variable was given; nothing where it is counted on.
fn given(program: &Program, variable: VariableId) -> Vec<ExprId> {
    let of = program.variable(variable);
    let Some(function) = of.function.filter(|_| of.kind == VariableKind::Local) else {
        return Vec::new();
    };
    let mut values = Vec::new();
    for step in program.steps_of(function) {
        let Op::Assign(assign) = program.op(step) else {
            continue;
        };
        for (target, value) in program.assigned(assign) {
            if program.variable_of(target) != Some(variable) {
                continue;
            }
            if let AssignHow::Update(_) = assign.how {
                return Vec::new();
            }
            values.push(value);
        }
    }
    values
}
